#!/usr/bin/env bash
# Makes this clone ready to build, test and run, on any machine.
#
#   bash environment/setup.sh            packages, stand-ins, the library
#   bash environment/setup.sh --tests    also the peers that the tests compare with (PyTorch, scikit-learn, Chromium, ffmpeg, Jupyter, SLURM)
#   bash environment/setup.sh --bench    those and the peers of the benchmarks (OpenCV)
#
# The kit's packages come from the machine's own package feed. Where that feed lacks one, its stand-in is
# built from environment/stand-ins over what the operating system provides and packed into environment/feed.
# Safe to call again: what is up to date is left alone. On a machine whose feed has every package there is
# nothing to do here, and plain 'dotnet build' and 'dotnet test' work without it.
#
#   TorchDevice=cuda      the GPU packages instead of the CPU ones
#   TORCH_HOST_PYTHON=…   a python whose installed PyTorch provides libtorch (default: Debian's libtorch-dev)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

feed=$PWD/environment/feed
state=$feed/.state
mkdir -p "$state"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
device=${TorchDevice:-cpu}

peers=()
case "${1:-}" in
  '') ;;
  --tests) peers=(python3-torch python3-sklearn chromium ffmpeg) ;;
  --bench) peers=(python3-torch python3-sklearn chromium ffmpeg python3-opencv) ;;
  *) echo "setup.sh: unknown argument '$1'; expected --tests, --bench or nothing" >&2; exit 2 ;;
esac

say() { printf '\033[2m·\033[0m %s\n' "$*"; }
fail() { printf 'setup.sh: %s\n          mend it with: %s\n' "$1" "$2" >&2; exit 1; }

command -v dotnet >/dev/null ||
  fail 'the .NET SDK is not installed (no dotnet on PATH)' 'install .NET SDK 10 from https://dotnet.microsoft.com/download'
dotnet --version >/dev/null 2>&1 ||
  fail "no .NET SDK that global.json accepts (found: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' '))" 'install .NET SDK 10 from https://dotnet.microsoft.com/download'

# Installs the Debian packages that are not there yet.
apt_install() {
  local missing=() package
  for package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    fail "needs ${missing[*]} (Debian's names), and this system has no apt-get" 'install them with the package manager of this system'
  local root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "needs ${missing[*]}, and you are not root" "su -c 'apt-get install -y ${missing[*]}'"
    root=(sudo)
  fi
  say "installing ${missing[*]}"
  { "${root[@]}" apt-get update -qq && "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >"$state/apt.log" 2>&1 ||
    { tail -n 5 "$state/apt.log" >&2; fail "apt-get could not install ${missing[*]}" "check the network, then: apt-get update && apt-get install -y ${missing[*]}"; }
}

# The names and contents of files, as one line.
fingerprint() { find "$@" -type f -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/out/*' -print0 | sort -z | xargs -0 cat | sha256sum | cut -d' ' -f1; }
up_to_date() { [ "$(cat "$state/$1" 2>/dev/null)" = "$2" ]; }

# ---- Which of the kit's packages does the machine's feed have? A restore outside this folder tells. ----
case "$device" in
  cpu) torch=TorchSharp-cpu ;;
  cuda) torch=TorchSharp-cuda-linux ;;
  *) fail "TorchDevice is '$device'; expected 'cpu' or 'cuda'" 'TorchDevice=cuda bash environment/setup.sh' ;;
esac
kit_packages=("$torch" SixLabors.ImageSharp Plotly.NET Plotly.NET.CSharp Plotly.NET.Interactive)
sources=$( (cd / && dotnet nuget list source) ; cat Directory.Packages.props; echo "$device")
sources=$(sha256sum <<<"$sources" | cut -d' ' -f1)
if ! up_to_date sources "$sources"; then
  say 'looking for the kit'"'"'s packages on the package feed'
  probe=$(mktemp -d)
  trap 'rm -rf "$probe"' EXIT
  # Exactly the versions that the kit is written against: a feed that has only another one lacks it.
  sed -E 's/([0-9.]+)-\*/[\1]/' Directory.Packages.props >"$probe/Directory.Packages.props"
  {
    echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>'
    printf '<PackageReference Include="%s" />' "${kit_packages[@]}"
    echo '</ItemGroup></Project>'
  } >"$probe/probe.csproj"
  (cd "$probe" && dotnet restore probe.csproj) >"$probe/log" 2>&1 || true
  if grep -q NU1301 "$probe/log"; then
    grep -m1 NU1301 "$probe/log" >&2
    fail 'the package feed does not answer' 'check the network or proxy, or the sources that "dotnet nuget list source" shows'
  fi
  : >"$state/missing"
  for package in "${kit_packages[@]}"; do
    if grep -qE "NU110[1-3]: Unable to find (a stable )?package $package( |\.)" "$probe/log"; then echo "$package" >>"$state/missing"; fi
  done
  # A failure of another kind must not pass for "has everything".
  if [ ! -s "$state/missing" ] && [ ! -f "$probe/obj/project.assets.json" ]; then
    cat "$probe/log" >&2
    fail 'the probe of the package feed failed for the reason above' 'mend that, then call this again'
  fi
  echo "$sources" >"$state/sources"
fi
lacks() { grep -qxF "$1" "$state/missing"; }

# ---- The stand-ins of those that it lacks. ----
changed=no
stand_in() { # folder, then what its build depends on beside its own files
  local name=$1 print
  shift
  print="$(fingerprint "environment/stand-ins/$name" Directory.Build.props Directory.Packages.props) $*"
  if up_to_date "$name" "$print"; then return; fi
  say "building the stand-in of $name"
  local log=$state/$name.log
  bash "environment/stand-ins/$name/build.sh" "$feed" "$(date +%s)" >"$log" 2>&1 ||
    { tail -n 30 "$log" >&2; fail "the stand-in of $name did not build (whole output: $log)" 'mend what the output names, then call this again'; }
  echo "$print" >"$state/$name"
  changed=yes
}

compiler() { command -v g++ >/dev/null || apt_install g++; }
if lacks "$torch"; then
  compiler
  if [ -z "${TORCH_HOST_PYTHON:-}${TORCH_HOST_LIBTORCH:-}" ]; then
    # OpenBLAS: the reference BLAS that libtorch falls back on is ten times slower in linear layers.
    apt_install libtorch-dev libopenblas0-openmp
    libtorch=$(dpkg-query -W -f '${Version}' libtorch-dev)
  else
    libtorch="${TORCH_HOST_PYTHON:-} ${TORCH_HOST_LIBTORCH:-}"
  fi
  stand_in TorchSharp "$device" "$libtorch"
fi
if lacks SixLabors.ImageSharp; then
  apt_install libturbojpeg0 libpng16-16
  stand_in ImageSharp
fi
if lacks Plotly.NET || lacks Plotly.NET.CSharp || lacks Plotly.NET.Interactive; then
  command -v npm >/dev/null || apt_install npm
  stand_in Plotly.NET
fi

# A restore that finds nothing changed in a project does not look for newer floating versions.
projects=(FanTrans.Lib.csproj tests/FanTrans.Tests/FanTrans.Tests.csproj tests/benchmarks/Benchmarks.csproj environment/notebook-host/NotebookHost.csproj)
if [ $changed = yes ]; then
  for project in "${projects[@]}"; do
    dotnet restore "$project" --force -p:TorchDevice="$device" >"$state/restore.log" 2>&1 ||
      { cat "$state/restore.log" >&2; fail "$project does not restore" 'mend what the output names, then call this again'; }
  done
fi

# ---- The library as a package, and the notebook host. ----
library=$(fingerprint lib data-manifests FanTrans.Lib.csproj Directory.Build.props Directory.Packages.props BannedSymbols.txt)
if [ $changed = yes ] || ! up_to_date library "$library" || ! ls "$feed"/FanTrans.Lib.*.nupkg >/dev/null 2>&1; then
  say 'building the library'
  dotnet build FanTrans.Lib.csproj -p:TorchDevice="$device" >"$state/library.log" 2>&1 ||
    { grep -E 'error' "$state/library.log" | sort -u | head -20 >&2; fail 'the library does not build' 'mend the errors above'; }
  echo "$library" >"$state/library"
fi
host=$(fingerprint environment/notebook-host Directory.Build.props Directory.Packages.props)
if [ $changed = yes ] || ! up_to_date host "$host"; then
  say 'building the notebook host'
  dotnet build environment/notebook-host/NotebookHost.csproj >"$state/host.log" 2>&1 ||
    { grep -E 'error' "$state/host.log" | sort -u | head -20 >&2; fail 'the notebook host does not build' 'mend the errors above'; }
  echo "$host" >"$state/host"
fi

if [ ${#peers[@]} -gt 0 ]; then
  # The peers are optional: a test or benchmark whose peer is missing skips with the reason.
  (apt_install "${peers[@]}") || say 'it goes on without those peers'
  [ "$1" != --tests ] || (apt_install libzmq5 jupyter-nbconvert python3-nbclient python3-jupyter-kernel-test jupyter-notebook) ||
    say 'it goes on without Jupyter'
  [ "$1" != --tests ] || (apt_install munge slurmctld slurmd slurm-client) || say 'it goes on without SLURM'
fi
say 'ready'
