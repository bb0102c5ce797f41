// Explicit vectors of LANES floats, for the kernels that only CPUs behind OpenCL run.
#ifndef KILN_WIDE_H
#define KILN_WIDE_H

#if LANES == 16
typedef float16 WIDE;
#define LOAD_WIDE(p) vload16(0, p)
#define STORE_WIDE(p, v) vstore16(v, 0, p)
#else
typedef float8 WIDE;
#define LOAD_WIDE(p) vload8(0, p)
#define STORE_WIDE(p, v) vstore8(v, 0, p)
#endif

// The sum of the lanes, by halves.
DEVICE_FN float sum_lanes(WIDE value) {
#if LANES == 16
  const float8 eight = value.lo + value.hi;
#else
  const float8 eight = value;
#endif
  const float4 four = eight.lo + eight.hi;
  const float2 two = four.lo + four.hi;
  return two.x + two.y;
}

#endif
