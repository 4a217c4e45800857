#!/usr/bin/env bash
# Sets up, then measures the kit beside its peers, prints one table and writes out/bench.json.
#
#   bash environment/bench.sh                          every benchmark
#   bash environment/bench.sh --only inference         some of them; --list shows the names
#   bash environment/bench.sh --rounds 3 --threads 2   fewer rounds, threads of each side
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash environment/setup.sh --bench
exec dotnet run --project tests/benchmarks -- --json out/bench.json "$@"
