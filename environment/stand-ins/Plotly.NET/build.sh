#!/usr/bin/env bash
# Packs the stand-ins into a feed folder: build.sh FEED NUMBER, where a higher number is a newer build.
# plotly.js comes from its npm package, once; the checksum is of the file, which is the one that the real
# Plotly.NET 5.1.0 carries.
set -euo pipefail
feed=$(realpath "${1:?feed folder}")
number=${2:?version suffix number}
cd "$(dirname "${BASH_SOURCE[0]}")"

plotly=Plotly.NET/obj/plotly-2.27.1.min.js
sha256=957c06d407f784f1093a7353da7a3d5a86f90590df447bc831ec9dab315eb267
intact() { echo "$sha256  $1" | sha256sum --check --status 2>/dev/null; }
if ! intact "$plotly"; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  (cd "$scratch" && npm pack plotly.js-dist-min@2.27.1 --silent && tar xzf plotly.js-dist-min-2.27.1.tgz) >"$scratch/log" 2>&1 ||
    { cat "$scratch/log" >&2; echo 'npm could not fetch plotly.js-dist-min 2.27.1' >&2; exit 1; }
  intact "$scratch/package/plotly.min.js" ||
    { echo "plotly.js-dist-min 2.27.1 from npm is not the file expected (sha256 $sha256)" >&2; exit 1; }
  mkdir -p "$(dirname "$plotly")"
  mv "$scratch/package/plotly.min.js" "$plotly"
fi

log=$(dotnet pack Plotly.slnx -c Release -o "$feed" -nologo -v quiet -p:HostNumber="$number" 2>&1) || { echo "$log" >&2; exit 1; }
for package in DynamicObj.2.0.0 Plotly.NET.5.1.0 Plotly.NET.CSharp.0.13.0 Plotly.NET.Interactive.5.0.0; do
  find "$feed" -maxdepth 1 -name "$package-host.*.nupkg" ! -name "$package-host.$number.nupkg" -delete
done
