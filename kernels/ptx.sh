#!/usr/bin/env bash
# Builds the PTX of every program that programs.txt lists, from the same text that OpenCL compiles.
#
#   kernels/ptx.sh            build what has changed and write it into the resources
#   kernels/ptx.sh --check    build everything, write nothing, fail on any difference
#
# Beside the PTX it writes resources.txt of the tests: registers, spills, shared memory and what fits a
# multiprocessor, for every kernel and architecture.
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
shipped=$PWD/src/main/resources/dev/kiln/gpu
tested=$PWD/src/test/resources/dev/kiln/gpu/catalog
resources=$PWD/src/test/resources/dev/kiln/gpu/resources.txt
work=$PWD/target/ptx

# How nvcc numbers registers depends on where its memory lies, which a fixed layout settles but for
# one run in twenty.
steady=()
setarch -R true 2>/dev/null && steady=(setarch -R)

# program_lines FOLDER: its programs.txt without comments and empty lines
program_lines() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1/programs.txt"; }

# fingerprint TEXT DEFINE...: of everything that a program's PTX depends on
fingerprint() {
  { echo "$@"; cat ptx.sh "$1"; find "$shipped/kernels" "${1%/*}" -name '*.h' | sort | xargs cat; } | sha256sum
}

# build FOLDER PROGRAM FILE DEFINE...: writes $work/PROGRAM.ptx and .usage, what ptxas -v says of it,
# unless they are there from an earlier run
build() {
  local folder=$1 program=$2 file=$3 print out=$work/$2.ptx usage=$work/$2.usage arch
  shift 3
  print=$(fingerprint "$folder/kernels/$file" "$@")
  [[ -f $out && $(cat "$out.from" 2>/dev/null) == "$print" ]] && return
  # Inside the folder and with relative names, so that no machine's path reaches the PTX.
  (cd "$folder/kernels" && "${steady[@]}" nvcc -x cu -arch=$TARGET -fmad=false -I"$shipped/kernels" \
    -include "$shipped/kernels/dialect/cuda.h" "${@/#/-D}" -ptx "$file" -o "$out.raw") ||
    { echo "ptx.sh: $program does not compile" >&2; return 1; }
  # used_bytes_mask is a hint of nvcc's for tools that watch memory, and wants a newer version. Comments
  # and blanks that say nothing are a thirtieth of the PTX in the jar.
  { echo "// kiln program: $program"
    sed -e "s/^\.version .*/.version $PTX_VERSION/" -e '/\.pragma "used_bytes_mask/d' \
      -e 's/^[[:space:]]*//' -e '/^\/\//d' -e 's/[[:space:]]\{1,\}/ /g' -e 's/, /,/g' -e '/./!d' "$out.raw"
  } >"$out.new"
  : >"$usage"
  for arch in $ARCHITECTURES; do
    echo "arch $arch" >>"$usage"
    ptxas -v -arch="$arch" "$out.new" -o /dev/null >>"$usage" 2>&1 ||
      { tail -n 5 "$usage" >&2; echo "ptx.sh: $program is refused for $arch" >&2; return 1; }
  done
  mv "$out.new" "$out"
  rm "$out.raw"
  echo "$print" >"$out.from"
}

# same FOLDER PROGRAM FILE DEFINE...: whether its ptx/ holds what the text gives. As nvcc may number a
# kernel's registers in another way, a difference has to come five times more.
same() {
  local again
  for again in 1 2 3 4 5; do
    cmp -s "$work/$2.ptx" "$1/ptx/$2.ptx" && return
    rm -f "$work/$2.ptx"
    build "$@"
  done
  cmp -s "$work/$2.ptx" "$1/ptx/$2.ptx"
}

# compare FOLDER: fails on any difference between its ptx/ and what was built
compare() {
  local ptx wanted program differs=0
  wanted=$(program_lines "$1" | awk '{print $1 ".ptx"}')
  while read -r -a program; do
    same "$1" "${program[@]}" </dev/null || { echo "ptx.sh: ptx/${program[0]}.ptx is not what its text gives; run kernels/ptx.sh" >&2; differs=1; }
  done < <(program_lines "$1")
  for ptx in $(cd "$1/ptx" && ls); do
    grep -qxF "$ptx" <<<"$wanted" || { echo "ptx.sh: ptx/$ptx belongs to no program" >&2; differs=1; }
  done
  return $differs
}

# write FOLDER: makes its ptx/ what was built
write() {
  local ptx wanted
  mkdir -p "$1/ptx"
  wanted=$(program_lines "$1" | awk '{print $1 ".ptx"}')
  for ptx in $wanted; do
    cmp -s "$work/$ptx" "$1/ptx/$ptx" || { cp "$work/$ptx" "$1/ptx/$ptx"; echo "wrote ptx/$ptx"; }
  done
  for ptx in $(cd "$1/ptx" && ls); do
    grep -qxF "$ptx" <<<"$wanted" || { rm "$1/ptx/$ptx"; echo "removed ptx/$ptx"; }
  done
}

# table: the resources of what was built and ships. PTX of kernels for CPUs is for the tests alone.
table() {
  local program files=()
  for program in $(program_lines "$shipped" | awk '$1 !~ /_(cpu|single|lanes)$/ {print $1}'); do
    files+=("$work/$program.ptx" "$work/$program.usage")
  done
  awk -f occupancy.awk "${files[@]}"
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

mkdir -p "$work"
for folder in "$shipped" "$tested"; do
  program_lines "$folder" | sed "s|^|$folder |"
done | xargs -P "$(nproc)" -I{} bash -c './ptx.sh --build {}'

if [[ ${1:-} == --check ]]; then
  compare "$shipped"
  compare "$tested"
  table | cmp -s - "$resources" || { echo "ptx.sh: ${resources##*/} is not what ptxas says; run kernels/ptx.sh" >&2; exit 1; }
else
  write "$shipped"
  write "$tested"
  table >"$resources"
fi
