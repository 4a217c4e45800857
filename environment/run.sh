#!/usr/bin/env bash
# Sets up, then runs the main job: the quickstart notebook, from faces to action units.
#
#   bash environment/run.sh                     the default size, minutes on two cores
#   bash environment/run.sh --smoke             a tiny run through every step
#   bash environment/run.sh --set seed=2        any parameter of the notebook; may be repeated
#
# Leaves out/quickstart.html, out/quickstart.ipynb and out/metrics.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash environment/setup.sh

parameters=()
while [ $# -gt 0 ]; do
  case "$1" in
    --smoke) parameters+=(--set smoke=true) ;;
    --set) [ $# -ge 2 ] || { echo 'run.sh: --set needs name=value' >&2; exit 2; }; parameters+=(--set "$2"); shift ;;
    *) echo "run.sh: unknown argument '$1'; expected --smoke or --set name=value" >&2; exit 2 ;;
  esac
  shift
done

mkdir -p out
exec dotnet run --no-build --project environment/notebook-host -- run notebooks/00-quickstart.ipynb \
  --set "output=$PWD/out" "${parameters[@]}" --out-notebook out/quickstart.ipynb --out-html out/quickstart.html
