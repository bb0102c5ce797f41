# Writes a table of what kernels need and of how many work-groups one multiprocessor then holds.
#
#   awk -f occupancy.awk PROGRAM.ptx PROGRAM.usage ...
#
# A .usage file is what ptxas -v says of the PTX before it, after a line "arch sm_90" for each
# architecture. Limits: CUDA C++ Programming Guide, Technical Specifications per Compute Capability;
# how registers and shared memory are given out: cuda_occupancy.h of the CUDA toolkit.

BEGIN {
  #           warps  blocks  shared memory in KiB, of a multiprocessor
  limits("sm_75",  32, 16,  64, 0)
  limits("sm_80",  64, 32, 164, 1)
  limits("sm_86",  48, 16, 100, 1)
  limits("sm_89",  48, 24, 100, 1)
  limits("sm_90",  64, 32, 228, 1)
  limits("sm_100", 64, 32, 228, 1)
  limits("sm_120", 48, 24, 100, 1)
  REGISTERS = 65536

  print "# What ptxas makes of the kernels, written by kernels/ptx.sh. threads: of a work-group; shared: bytes of"
  print "# local memory. For each architecture: registers of a work-item / work-groups that one multiprocessor"
  print "# holds at a time / share of its warps that they are, in percent. !N: N bytes of spills and stack."
  header = sprintf("%-34s %-32s %7s %6s", "# program", "kernel", "threads", "shared")
  for (a = 1; a <= architectures; a++) header = header sprintf("  %-11s", names[a])
  sub(/ *$/, "", header)
  print header
}

# reserve: KiB that the system takes of every block's shared memory
function limits(name, maxWarps, maxBlocks, shared, reserve) {
  names[++architectures] = name
  warps[name] = maxWarps
  blocks[name] = maxBlocks
  memory[name] = shared * 1024
  reserved[name] = reserve * 1024
}

function roundUp(x, unit) { return int((x + unit - 1) / unit) * unit }

function least(a, b) { return a < b ? a : b }

# Blocks of one multiprocessor. Registers are given to a warp in units of 256, and its four quarters
# have as many warps each; shared memory to a block in units of 128 bytes, 256 on sm_75.
function resident(name, threads, registers, shared,    ofBlock, result, taken) {
  ofBlock = roundUp(threads, 32) / 32
  result = least(blocks[name], int(warps[name] / ofBlock))
  if (registers > 0) {
    taken = int(REGISTERS / 4 / roundUp(registers * 32, 256)) * 4
    result = least(result, int(taken / roundUp(ofBlock, 4)))
  }
  taken = roundUp(shared + reserved[name], name == "sm_75" ? 256 : 128)
  if (taken > 0) result = least(result, int(memory[name] / taken))
  return result
}

function rows(    e, a, line, cell, key, fit) {
  for (e = 1; e <= entries; e++) {
    line = sprintf("%-34s %-32s %7d %6d", program, entry[e], threads[entry[e]], sharedOf[entry[e]])
    for (a = 1; a <= architectures; a++) {
      key = names[a] SUBSEP entry[e]
      fit = resident(names[a], threads[entry[e]], registersOf[key], sharedOf[entry[e]])
      cell = registersOf[key] "/" fit "/" int(100 * fit * roundUp(threads[entry[e]], 32) / 32 / warps[names[a]] + 0.5)
      if (spilled[key] > 0) cell = cell "!" spilled[key]
      line = line sprintf("  %-11s", cell)
    }
    sub(/ *$/, "", line)
    print line
  }
  entries = 0
  split("", registersOf)
  split("", spilled)
}

FNR == 1 && FILENAME ~ /\.ptx$/ {
  if (entries) rows()
  program = FILENAME
  sub(/.*\//, "", program)
  sub(/\.ptx$/, "", program)
}

/^\.visible \.entry/ {
  name = $3
  sub(/\(.*/, "", name)
  entry[++entries] = name
  sharedOf[name] = 0
}
/^\.maxntid/ { threads[name] = $2 + 0 }

$1 == "arch" && FILENAME ~ /\.usage$/ { arch = $2 }
/Compiling entry function/ { split($0, quoted, "'"); key = arch SUBSEP quoted[2]; compiled = quoted[2] }
/bytes stack frame/ { spilled[key] = $1 + $5 + $9 }
/Used [0-9]+ registers/ {
  for (i = 2; i <= NF; i++) {
    if ($i ~ /^registers/) registersOf[key] = $(i - 1)
    if ($i ~ /^smem/) sharedOf[compiled] = $(i - 2)
  }
}

END { if (entries) rows() }
