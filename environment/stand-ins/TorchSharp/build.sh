#!/usr/bin/env bash
# Builds the TorchSharp stand-in and packs it into a feed folder: build.sh FEED NUMBER, where a higher number
# is a newer build. build-native.sh tells which libtorch it takes.
set -euo pipefail
feed=$(realpath "${1:?feed folder}")
version=0.105.1-host.${2:?version suffix number}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
native=$here/native/out

bash "$here/build-native.sh" "$native"
if [ "${TorchDevice:-cpu}" = cuda ] && [ ! -f "$native/cuda" ]; then
  echo 'build.sh: TorchDevice is cuda, and this libtorch has no CUDA; mend it with: TORCH_HOST_PYTHON=<a python with a PyTorch for CUDA>' >&2
  exit 1
fi

pack() { # project, then properties
  local log
  log=$(dotnet pack "$here/$1" -c Release -o "$feed" -nologo -v quiet -p:PackageVersion="$version" "${@:2}" 2>&1) ||
    { echo "$log" >&2; exit 1; }
}
pack TorchSharp/TorchSharp.csproj
pack TorchSharp-native/TorchSharp-native.csproj -p:NativePackage=TorchSharp-cpu -p:NativeFolder="$native"
if [ -f "$native/cuda" ]; then
  pack TorchSharp-native/TorchSharp-native.csproj -p:NativePackage=TorchSharp-cuda-linux -p:NativeFolder="$native"
fi
find "$feed" -maxdepth 1 -name 'TorchSharp*.0.105.1-host.*.nupkg' ! -name "TorchSharp*.$version.nupkg" -delete
