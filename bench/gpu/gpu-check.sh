#!/usr/bin/env bash
# Checks Kiln on every device of this machine and measures it on the GPU, beside PyTorch if that is
# here. Needs no network. Everything goes into one folder, and all of it into one file there:
#
#   ./gpu-check.sh OUT [PART...]      writes OUT/results.json
#
# Parts; all of them unless some are named. What an earlier run left in OUT is kept, so that they can
# be run one at a time:
#
#   check    kiln check on every device
#   cases    Kiln's own test cases on every device but the plain CPU
#   bench    the benchmarks on CUDA and OpenCL, training steps eager and recorded
#   torch    torch_bench.py: the same works by PyTorch
#
#   KILN_LIMIT     the most seconds for a part (default 3000)
#   KILN_ENGINES   what to measure (default: kiln-cuda and kiln-opencl, if there are such devices, and
#                  their recorded training steps)
#   KILN_JMH       JMH's options (default: -wi 2 -w 300ms -i 5 -r 300ms), works too: -p work=sgemm-512
#   KILN_TORCH     options of torch_bench.py
#
# Ends with 0 only if every part did.
set -u

here=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd) || exit 1
[ $# -ge 1 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }
mkdir -p "$1" && out=$(cd -- "$1" && pwd) || exit 1
shift
[ $# -gt 0 ] || set -- check cases bench torch
cd "$out" || exit 1
failures=0

# part NAME COMMAND...: runs it, its output into NAME.log, how it ended into parts.tsv
part() {
  local name=$1 begin=$SECONDS status
  shift
  printf '%-28s ' "$name"
  timeout -k 10 "${KILN_LIMIT:-3000}" "$@" > "$out/$name.log" 2>&1 < /dev/null
  status=$?
  printf '%s\t%s\t%s\n' "$name" "$status" $((SECONDS - begin)) >> "$out/parts.tsv"
  if [ $status -eq 0 ]; then
    printf 'ok, %s s\n' $((SECONDS - begin))
  else
    failures=$((failures + 1))
    printf 'FAILED with status %s after %s s; the end of %s.log:\n' $status $((SECONDS - begin)) "$name"
    tail -n 5 "$out/$name.log" | sed 's/^/    /'
  fi
}

wanted() {
  local part=$1
  shift
  case " $* " in *" $part "*) return 0 ;; esac
  return 1
}

# ---- The machine

fact() { printf '%s\t%s\n' "$1" "$(printf '%s' "$2" | tr '\t\n' '  ')"; }
{
  fact kiln "$(cat "$here/VERSION")"
  fact date "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  fact kernel "$(uname -srm)"
  fact processors "$(nproc)"
  fact memory "$(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
  if command -v nvidia-smi > /dev/null; then
    ask() { nvidia-smi --query-gpu="$1" --format=csv,noheader | head -n 1; }
    fact gpu "$(ask name), driver $(ask driver_version)"
    fact gpu_memory "$(ask memory.total)"
    fact gpu_clocks "$(ask clocks.max.sm) SM, $(ask clocks.max.memory) memory, at most"
    fact gpu_power "$(ask power.limit)"
  fi
} > machine.tsv

# ---- The parts

part devices "$here/kiln" devices --json
devices=$(sed -n 's/^ *"id": "\(.*\)",$/\1/p' devices.log)
cat devices.log
[ -n "$devices" ] || failures=$((failures + 1))

if wanted check "$@"; then
  golden=
  if [ -f "$here/golden.tar.gz" ]; then
    golden=$(mktemp -d)
    trap 'rm -rf "$golden"' EXIT
    part unpack tar -x -z -f "$here/golden.tar.gz" -C "$golden"
  fi
  for device in $devices; do
    part "check-${device/:/_}" "$here/kiln" check --device "$device" --json "check-${device/:/_}.json"
    if [ -n "$golden" ]; then
      part "check-golden-${device/:/_}" "$here/kiln" check --device "$device" \
        --golden "$golden" --json "check-golden-${device/:/_}.json"
    fi
  done
fi

if wanted cases "$@"; then
  for device in $devices; do
    [ "$device" = cpu ] && continue
    part "cases-${device/:/_}" "$here/java/bin/java" --add-modules=jdk.incubator.vector \
      -cp "$here/lib/*:$here/cases/*" dev.kiln.cases.CaseRun "$device"
  done
fi

if wanted bench "$@"; then
  engines=${KILN_ENGINES:-} recorded=
  if [ -z "$engines" ]; then
    for api in cuda opencl; do
      case $devices in *$api:*)
        engines+=${engines:+,}kiln-$api
        recorded+=${recorded:+,}kiln-$api-recorded ;;
      esac
    done
  fi
  case ${KILN_JMH:-} in *work=*) recorded= ;; esac # these are the works, and no others
  # measure NAME FIGURES OPTION...
  measure() {
    local name=$1 figures=$out/$2
    shift 2
    # shellcheck disable=SC2086  # several options
    part "$name" "$here/benchmarks" "$@" ${KILN_JMH:--wi 2 -w 300ms -i 5 -r 300ms} \
      -rf json -rff "$figures"
    # JMH ends with 0 though benchmarks failed: they are told below and in results.json
    [ -s "$figures" ] || failures=$((failures + 1))
  }
  if [ -n "$engines" ]; then
    measure bench jmh.json -p engine="$engines"
    [ -z "$recorded" ] || measure bench-recorded jmh-recorded.json TrainStep -p engine="$recorded" \
      -p work=mlp-784-256-10-b256,cnn-mnist-b64,inception-mnist-b64,hihello-b1t6h5,longseq-b170t10h25x2,hihello-b1t6h5-read100
  else
    echo 'bench: there is neither a CUDA nor an OpenCL device'
    printf 'bench\t69\t0\n' >> parts.tsv
    failures=$((failures + 1))
  fi
fi

if wanted torch "$@"; then
  if python3 -c 'import torch' 2> torch.log; then
    # shellcheck disable=SC2086  # several options
    part torch python3 "$here/torch_bench.py" "$out/torch.json" ${KILN_TORCH:-}
  else
    echo 'torch: not measured, there is no Python with PyTorch here'
    printf 'torch\t69\t0\n' >> parts.tsv
    failures=$((failures + 1))
  fi
fi

# ---- One file

"$here/java/bin/java" -cp "$here/lib/*" dev.kiln.bench.report.GpuResults "$out" || {
  echo 'gpu-check.sh: results.json could not be written' >&2
  exit 1
}
echo "wrote $out/results.json"
[ $failures -eq 0 ] || { echo "gpu-check.sh: $failures parts FAILED" >&2; exit 1; }
