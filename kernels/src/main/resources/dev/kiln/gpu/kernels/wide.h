// Explicit vectors of LANES floats, for the kernels that only CPUs behind OpenCL run.
#ifndef KILN_WIDE_H
#define KILN_WIDE_H

#if LANES == 16
typedef float16 WIDE;
#define LOAD_WIDE(p) vload16(0, p)
#define STORE_WIDE(p, v) vstore16(v, 0, p)
#define LANE ((float16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
// a0 b0 a1 b1 ..., of the lower and the upper halves
#define SHUFFLE_LOW(a, b)                                                                       \
  ((float16)(a.s0, b.s0, a.s1, b.s1, a.s2, b.s2, a.s3, b.s3, a.s4, b.s4, a.s5, b.s5, a.s6, b.s6, \
             a.s7, b.s7))
#define SHUFFLE_HIGH(a, b)                                                                      \
  ((float16)(a.s8, b.s8, a.s9, b.s9, a.sa, b.sa, a.sb, b.sb, a.sc, b.sc, a.sd, b.sd, a.se, b.se, \
             a.sf, b.sf))
#else
typedef float8 WIDE;
#define LOAD_WIDE(p) vload8(0, p)
#define STORE_WIDE(p, v) vstore8(v, 0, p)
#define LANE ((float8)(0, 1, 2, 3, 4, 5, 6, 7))
#define SHUFFLE_LOW(a, b) ((float8)(a.s0, b.s0, a.s1, b.s1, a.s2, b.s2, a.s3, b.s3))
#define SHUFFLE_HIGH(a, b) ((float8)(a.s4, b.s4, a.s5, b.s5, a.s6, b.s6, a.s7, b.s7))
#endif

// Has memory that is written a little later brought near. OpenCL's own prefetch does nothing in PoCL,
// and what oclgrind compiles, SPIR, has no such instruction.
#if defined(__clang__) && !defined(__SPIR__)
#define WRITTEN_SOON(p) __builtin_prefetch(p, 1)
#else
#define WRITTEN_SOON(p)
#endif

// Turns a square of LANES vectors: lane i of vector j becomes lane j of vector i. Each pass shuffles
// two halves of the vectors together, as cards are.
DEVICE_FN void turn_square(WIDE* lines) {
  UNROLL
  for (int pass = 1; pass < LANES; pass *= 2) {
    WIDE shuffled[LANES];
    UNROLL
    for (int j = 0; j < LANES / 2; j++) {
      shuffled[2 * j] = SHUFFLE_LOW(lines[j], lines[j + LANES / 2]);
      shuffled[2 * j + 1] = SHUFFLE_HIGH(lines[j], lines[j + LANES / 2]);
    }
    UNROLL
    for (int j = 0; j < LANES; j++) lines[j] = shuffled[j];
  }
}

// The first count floats from p on, of which LANES may be there or fewer, at least one; 0 behind
// them. In pieces of 8, 4, 2 and 1: nothing beyond them is touched.
DEVICE_FN WIDE load_lanes(GLOBAL const float* p, int count) {
  if (count >= LANES) return LOAD_WIDE(p);
  GLOBAL const float* rest = p + (count & ~3);
  float4 four = (float4)(0.0f);
  if (count & 2) {
    four.lo = vload2(0, rest);
    if (count & 1) four.z = rest[2];
  } else if (count & 1) {
    four.x = rest[0];
  }
  float8 eight = (float8)(four, (float4)(0.0f));
  if (count & 4) eight = (float8)(vload4(0, rest - 4), four);
#if LANES == 16
  return count & 8 ? (float16)(vload8(0, p), eight) : (float16)(eight, (float8)(0.0f));
#else
  return eight;
#endif
}

// Writes the first count lanes, of which LANES may be wanted or fewer.
DEVICE_FN void store_lanes(GLOBAL float* p, WIDE value, int count) {
  if (count >= LANES) {
    STORE_WIDE(p, value);
    return;
  }
#if LANES == 16
  float8 eight = value.lo;
  if (count & 8) {
    vstore8(eight, 0, p);
    p += 8;
    eight = value.hi;
  }
#else
  const float8 eight = value;
#endif
  float4 four = eight.lo;
  if (count & 4) {
    vstore4(four, 0, p);
    p += 4;
    four = eight.hi;
  }
  float2 two = four.lo;
  if (count & 2) {
    vstore2(two, 0, p);
    p += 2;
    two = four.hi;
  }
  if (count & 1) *p = two.x;
}

// Each lane, but at least low; NaN stays NaN.
DEVICE_FN WIDE lanes_at_least(float low, WIDE value) {
  return value < (WIDE)(low) ? (WIDE)(low) : value;
}

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

// The largest of the lanes, by halves; NaNs are dropped.
DEVICE_FN float max_lanes(WIDE value) {
#if LANES == 16
  const float8 eight = fmax(value.lo, value.hi);
#else
  const float8 eight = value;
#endif
  const float4 four = fmax(eight.lo, eight.hi);
  const float2 two = fmax(four.lo, four.hi);
  return fmax(two.x, two.y);
}

#endif
