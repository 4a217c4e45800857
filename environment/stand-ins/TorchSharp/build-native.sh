#!/usr/bin/env bash
# Builds native/host.cpp against a libtorch: build-native.sh OUTDIR
#
# Which libtorch, the first that is given:
#   TORCH_HOST_LIBTORCH  a folder with include/ and lib/ (an unpacked libtorch, or the torch/ folder of an
#                        installed PyTorch)
#   TORCH_HOST_PYTHON    a python that can import torch, for example one with a PyTorch for CUDA from pip:
#                          python3 -m venv ~/torch && ~/torch/bin/pip install torch
#                          TORCH_HOST_PYTHON=~/torch/bin/python TorchDevice=cuda bash environment/setup.sh
#   Debian's libtorch-dev, if it is installed
#   python3, if it can import torch
#
# A library outside the system's folders is found again by its absolute path (rpath), so the result belongs to
# this machine. _GLIBCXX_USE_CXX11_ABI is set as that PyTorch was built; libtorch_cuda is linked, although
# nothing here names its symbols, because loading it is what makes the GPU known.
# Writes OUTDIR/libTorchSharpHost.so, and OUTDIR/cuda if that libtorch has CUDA.
set -euo pipefail
out=${1:?output folder}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$out"

fail() { printf 'build-native.sh: %s\n' "$1" >&2; exit 1; }
command -v g++ >/dev/null || fail 'no C++ compiler; mend it with: apt-get install g++'

# Asks a python for PyTorch's folder and the C++ ABI it was built with.
ask='import torch, os; print(os.path.dirname(torch.__file__)); print(int(torch.compiled_with_cxx11_abi()))'
root=
abi=
if [ -n "${TORCH_HOST_LIBTORCH:-}" ]; then
  root=$TORCH_HOST_LIBTORCH
elif [ -n "${TORCH_HOST_PYTHON:-}" ]; then
  answer=$("$TORCH_HOST_PYTHON" -c "$ask") || fail "'$TORCH_HOST_PYTHON' cannot import torch; mend it with: $TORCH_HOST_PYTHON -m pip install torch"
elif [ -f /usr/include/torch/csrc/autograd/autograd.h ]; then
  root=/usr
elif answer=$(python3 -c "$ask" 2>/dev/null); then
  :
else
  fail 'no libtorch; mend it with: apt-get install libtorch-dev (or set TORCH_HOST_PYTHON to a python that has PyTorch)'
fi
include=
if [ -n "${answer:-}" ]; then
  root=$(sed -n 1p <<<"$answer")
  abi=$(sed -n 2p <<<"$answer")
  # Debian's python3-torch has its headers in the system's folder.
  [ -d "$root/include" ] || include=/usr/include
fi
include=${include:-$root/include}
[ -f "$include/torch/csrc/autograd/autograd.h" ] ||
  fail "no headers of libtorch in $include; TORCH_HOST_LIBTORCH wants a folder with include/ and lib/, TORCH_HOST_PYTHON a python with PyTorch"

flags=(-O2 -fPIC -shared -fvisibility=hidden -Wall -Wno-unknown-pragmas
  -I"$include" -I"$include/torch/csrc/api/include")
[ -z "$abi" ] || flags+=("-D_GLIBCXX_USE_CXX11_ABI=$abi")
links=(-ltorch_cpu -lc10)
lib=$root/lib
if [ "$root" != /usr ] && [ -f "$lib/libtorch_cpu.so" ]; then
  links=(-L"$lib" "-Wl,-rpath,$lib" "${links[@]}")
  if [ -f "$lib/libtorch_cuda.so" ]; then links+=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda -ltorch); fi
fi

# Headers of PyTorch are C++17, and may come to want C++20.
log=$(g++ -std=c++17 "${flags[@]}" -o "$out/libTorchSharpHost.so" "$here/native/host.cpp" "${links[@]}" 2>&1) ||
  g++ -std=c++20 "${flags[@]}" -o "$out/libTorchSharpHost.so" "$here/native/host.cpp" "${links[@]}" 2>/dev/null ||
  { echo "$log" >&2; fail "native/host.cpp does not compile with the headers in $include"; }
rm -f "$out/cuda"
if [ -f "$lib/libtorch_cuda.so" ]; then touch "$out/cuda"; fi
