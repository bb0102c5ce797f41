#!/usr/bin/env bash
# Builds the PTX of every program that programs.txt lists, from the same text that OpenCL compiles.
#
#   kernels/ptx.sh            build what has changed and write it into the resources
#   kernels/ptx.sh --check    build everything, write nothing, fail on any difference
#
# nvcc stamps PTX with its own version, which older drivers refuse. So the version is lowered to the
# one that the instructions need, and ptxas has to accept the result for every architecture below.
# Another release of nvcc writes other PTX: --check ends with 3 where this release is not found.
set -euo pipefail

NVCC_RELEASE=13.0
TARGET=compute_75
PTX_VERSION=7.0
ARCHITECTURES="sm_75 sm_80 sm_86 sm_89 sm_90 sm_100 sm_120"

cd "$(dirname "$0")"
gpu=$PWD/src/main/resources/dev/kiln/gpu
work=$PWD/target/ptx

# program_lines: programs.txt without comments and empty lines
program_lines() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$gpu/programs.txt"; }

# fingerprint FILE DEFINE...: of everything that a program's PTX depends on
fingerprint() {
  { echo "$@"; cat "$PWD/ptx.sh" "$gpu/kernels/dialect/"*.h "$gpu/kernels/$1"; } | sha256sum | cut -c1-64
}

# build PROGRAM FILE DEFINE...: writes $work/PROGRAM.ptx, unless it is there from an earlier run
build() {
  local program=$1 file=$2 print out=$work/$1.ptx arch
  shift 2
  print=$(fingerprint "$file" "$@")
  [[ -f $out && $(cat "$out.fingerprint" 2>/dev/null) == "$print" ]] && return
  # Inside the folder and with relative names, so that no machine's path reaches the PTX.
  (cd "$gpu/kernels" && nvcc -x cu -arch=$TARGET -fmad=false -I. -include dialect/cuda.h \
    "${@/#/-D}" -ptx "$file" -o "$out.raw") || { echo "ptx.sh: $program does not compile" >&2; return 1; }
  { echo "// kiln program: $program"
    sed -e '/^\/\//d' -e '/./,$!d' -e "s/^\.version .*/.version $PTX_VERSION/" "$out.raw"; } >"$out.new"
  for arch in $ARCHITECTURES; do
    ptxas -arch="$arch" "$out.new" -o /dev/null || { echo "ptx.sh: $program is refused for $arch" >&2; return 1; }
  done
  mv "$out.new" "$out"
  rm "$out.raw"
  echo "$print" >"$out.fingerprint"
}

if [[ ${1:-} == --build ]]; then  # one program: how this script calls itself in parallel
  shift
  build "$@"
  exit
fi

if ! nvcc --version 2>/dev/null | grep -q "release $NVCC_RELEASE,"; then
  echo "ptx.sh: nvcc $NVCC_RELEASE is not on the path" >&2
  exit 3
fi

mkdir -p "$work" "$gpu/ptx"
program_lines | xargs -P "$(nproc)" -I{} bash -c './ptx.sh --build {}'

wanted=$(program_lines | awk '{print $1 ".ptx"}' | sort)
cd "$work"
if [[ ${1:-} == --check ]]; then
  differs=0
  for ptx in $wanted; do
    cmp -s "$ptx" "$gpu/ptx/$ptx" || { echo "ptx.sh: ptx/$ptx is not what its text gives; run kernels/ptx.sh" >&2; differs=1; }
  done
  for ptx in $(cd "$gpu/ptx" && ls -- *.ptx 2>/dev/null); do
    grep -qxF "$ptx" <<<"$wanted" || { echo "ptx.sh: ptx/$ptx belongs to no program" >&2; differs=1; }
  done
  exit $differs
fi
for ptx in $wanted; do
  cmp -s "$ptx" "$gpu/ptx/$ptx" || { cp "$ptx" "$gpu/ptx/$ptx"; echo "wrote ptx/$ptx"; }
done
for ptx in $(cd "$gpu/ptx" && ls -- *.ptx); do
  grep -qxF "$ptx" <<<"$wanted" || { rm "$gpu/ptx/$ptx"; echo "removed ptx/$ptx"; }
done
