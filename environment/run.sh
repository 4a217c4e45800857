#!/usr/bin/env bash
# Sets up, then runs the main job: the quickstart notebook, from faces to action units. Or the whole series.
#
#   bash environment/run.sh                     the default size, minutes on two cores
#   bash environment/run.sh --smoke             a tiny run through every step
#   bash environment/run.sh --set seed=2        any parameter of the notebook; may be repeated
#   bash environment/run.sh --all               every notebook, to a site: open out/index.html in a browser
#   bash environment/run.sh --all --smoke       the same at the tiny size
#   bash environment/run.sh --page              the page that reads faces in the browser, in out/page, for any web server
#   bash environment/run.sh --page --model FILE the same with a trained model of your own
#
# Leaves out/quickstart.html, out/quickstart.ipynb and out/metrics.json; with --all out/index.html and a page a notebook.
# A notebook that fails is shown as failed in the index, the others still run, and the exit code is not 0.
# Trained checkpoints stay in out/: running again resumes from them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=no
page=no
model=()
parameters=()
output=(--set "output=$PWD/out")
while [ $# -gt 0 ]; do
  case "$1" in
    --all) all=yes ;;
    --page) page=yes ;;
    --model) [ $# -ge 2 ] || { echo 'run.sh: --model needs a file' >&2; exit 2; }; model=(--model "$2"); shift ;;
    --smoke) parameters+=(--parameters notebooks/smoke.json) ;;
    --set) [ $# -ge 2 ] || { echo 'run.sh: --set needs name=value' >&2; exit 2; }; parameters+=(--set "$2"); case "$2" in output=*) output=() ;; esac; shift ;;
    *) echo "run.sh: unknown argument '$1'; expected --all, --smoke, --set name=value or --page" >&2; exit 2 ;;
  esac
  shift
done

bash environment/setup.sh
mkdir -p out
if [ $page = yes ]; then
  bash notebooks/page/build.sh out/page "${model[@]}"
  echo 'out/page is ready; for example: python3 -m http.server --directory out/page, then http://localhost:8000'
  exit
fi
host=(dotnet run --no-build --project environment/notebook-host --)
if [ $all = yes ]; then
  exec "${host[@]}" site notebooks --out out "${parameters[@]}"
fi
exec "${host[@]}" run notebooks/00-quickstart.ipynb \
  "${output[@]}" "${parameters[@]}" --out-notebook out/quickstart.ipynb --out-html out/quickstart.html
