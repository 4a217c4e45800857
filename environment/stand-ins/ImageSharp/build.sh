#!/usr/bin/env bash
# Packs the stand-in into a feed folder: build.sh FEED NUMBER, where a higher number is a newer build.
set -euo pipefail
feed=$(realpath "${1:?feed folder}")
number=${2:?version suffix number}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

log=$(dotnet pack "$here/SixLabors.ImageSharp.csproj" -c Release -o "$feed" -nologo -v quiet \
  -p:PackageVersion="3.1.12-host.$number" 2>&1) || { echo "$log" >&2; exit 1; }
find "$feed" -maxdepth 1 -name 'SixLabors.ImageSharp.3.1.12-host.*.nupkg' \
  ! -name "SixLabors.ImageSharp.3.1.12-host.$number.nupkg" -delete
