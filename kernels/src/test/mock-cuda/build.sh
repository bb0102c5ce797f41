#!/usr/bin/env bash
# Builds the mock CUDA driver: libcuda.so.1, and beside it programs/NAME.so, one for each program
# of a programs.txt, from the same kernel text that nvcc and OpenCL compile.
#
#   build.sh OUT RESOURCES...
#
#   OUT         the folder to build into; what is there and still fits is kept
#   RESOURCES   folders that hold programs.txt and kernels/; dialect/ is taken from the first
#
# Ends with 3 where there is no g++.
set -euo pipefail

FLAGS="-std=c++17 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Wno-unused"
# -ffp-contract=off: only FMA() is fused, as on the device. No error numbers, so that sqrtf is an
# instruction. Everything else about floats stays exact: no -ffast-math.
KERNEL_FLAGS="-O3 -march=native -ffp-contract=off"
KERNEL_FLAGS+=" -fno-math-errno -fno-trapping-math -fno-strict-aliasing"

own=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# changed TARGET TEXT: whether TARGET was built from anything but TEXT
changed() { [[ ! -f $1 || $(cat "$1.from" 2>/dev/null) != "$2" ]]; }

# kernels FILE FLAG...: KILN_KERNEL(WG, NAME), of each kernel that is left after preprocessing
kernels() {
  local file=$1
  shift
  g++ -E -P "$@" -include "$own/host.h" -include "$own/kernel-list.h" -x c++ "$file" |
    sed 's/@kernel/\n&/g' |  # a macro may give several
    sed -nE 's/.*@kernel (.*) @ *([A-Za-z_0-9]+).*/KILN_KERNEL(\1, \2),/p'
}

# driver OUT: libcuda.so.1
driver() {
  local out=$1/libcuda.so.1 print
  print=$(cat "$own"/*.cpp "$own"/*.h "$own/jcuda-imports.txt" "$own/build.sh" | sha256sum)
  changed "$out" "$print" || return 0
  { echo '#include "stub.h"'
    sed 's/.*/STUB(&)/' "$own/jcuda-imports.txt"; } >"$1/stubs.cpp"
  # shellcheck disable=SC2086
  g++ -O2 $FLAGS -I"$own" "$own"/*.cpp "$1/stubs.cpp" -o "$out.new" -Wl,-soname,libcuda.so.1 -ldl -lpthread
  mv "$out.new" "$out"
  echo "$print" >"$out.from"
}

# program OUT DIALECT FOLDER NAME FILE DEFINE...: programs/NAME.so
program() {
  local out=$1/programs/$4.so dialect=$2 text=$3/$5 name=$4 print source=$1/programs/$4.cpp list
  shift 5
  local defines=("${@/#/-D}")
  print=$({ echo "$@"; cat "$own/host.h" "$own/program.h" "$own/build.sh" "$text"
    find "$dialect" "${text%/*}" -name '*.h' | sort | xargs cat; } | sha256sum)
  changed "$out" "$print" || return 0
  list=$(kernels "$text" "${defines[@]}" -I"$dialect" -I"$own")
  printf '#include "%s"\nKILN_PROGRAM(%s)\n' "$text" "${list%,}" >"$source"
  # shellcheck disable=SC2086
  g++ $KERNEL_FLAGS $FLAGS "${defines[@]}" -I"$dialect" -I"$own" -include "$own/host.h" \
    "$source" -o "$out.new" ||
    { echo "build.sh: program $name does not compile" >&2; return 1; }
  mv "$out.new" "$out"
  echo "$print" >"$out.from"
}

if [[ $1 == --one ]]; then  # how this script calls itself in parallel
  shift
  "$@"
  exit
fi

out=$1
shift
command -v g++ >/dev/null || { echo "build.sh: no g++ on the path" >&2; exit 3; }
mkdir -p "$out/programs"
out=$(cd "$out" && pwd)
exec 9>"$out/lock"
flock 9  # two builds at a time would write the same files

dialect=$(cd "$1/kernels" && pwd)
{ echo "driver $out"
  for resources in "$@"; do
    folder=$(cd "$resources/kernels" && pwd)
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -e "s|^|program $out $dialect $folder |" \
      "$resources/programs.txt"
  done
} | xargs -P "$(nproc)" -I{} bash -c "'$own/build.sh' --one {}"
