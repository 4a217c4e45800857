#!/usr/bin/env bash
# Sets up, then runs every test. Arguments go to the test runner, as in:
#   bash environment/test.sh --filter-class '*Distillation*'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash environment/setup.sh --tests
exec dotnet test --project tests/FanTrans.Tests "$@"
