// broadcast — y = f(a, b) where an operand repeats along some dimensions
//
//   y       dense, row-major; its last dimension has n elements
//   a, b    the same index space through strides, in elements: 0 where the operand repeats
//
//           y [rows][n]      a [rows][n]        b: 1 2 3    strides 0, 1: a row for all (a bias)
//                            strides n, 1       b: 1        strides 1, 0: a number a row
//
// Launch   1-D; a work-item takes a run of elements of one row: ceil(n / run) work-items a row.
//          run = 1 on GPUs, so that neighbours read neighbours; long on CPUs
// Tunable  WG   work-group size
//
// NAME_3 spreads rows over two more dimensions, [n0][n1][n]; broadcast_8 over seven, for all f.

#include "binary.h"

// Takes the coordinate of a dimension off the end of rest and moves a and b by it.
#define OUTER(extent, strideA, strideB)             \
  {                                                 \
    const uint at = rest % (uint)(extent);          \
    rest /= (uint)(extent);                         \
    a += (long)at * (strideA);                      \
    b += (long)at * (strideB);                      \
  }

// The usual strides as constants in loops of their own, where a compiler can make vectors.
#define ROW(f)                                                                                \
  if (sa == 1 && sb == 1) {                                                                   \
    ROLLED for (size_t i = first; i < last; i++) y[i] = f(a[i], b[i]);                        \
  } else if (sa == 1 && sb == 0) {                                                            \
    ROLLED for (size_t i = first; i < last; i++) y[i] = f(a[i], b[0]);                        \
  } else if (sa == 0 && sb == 1) {                                                            \
    ROLLED for (size_t i = first; i < last; i++) y[i] = f(a[0], b[i]);                        \
  } else {                                                                                    \
    ROLLED for (size_t i = first; i < last; i++) y[i] = f(a[(long)i * sa], b[(long)i * sb]);  \
  }

// Declares what a work-item needs to know of its run, and ends those that have none. Work-items are
// fewer than 2^31: GPUs divide 32 bits by themselves, 64 by a long list of instructions.
#define RUN(rows)                                                           \
  const uint runs = ((uint)n + run - 1) / (uint)run;                        \
  const uint item = (uint)GLOBAL_ID(0);                                     \
  const uint row = item / runs;                                             \
  if (row >= (size_t)(rows)) return;                                        \
  const size_t first = (size_t)(item - row * runs) * run;                   \
  const size_t last = first + run < (size_t)n ? first + run : (size_t)n;    \
  uint rest = row;                                                          \
  y += (size_t)row * n;

#define BROADCAST_3(name, f)                                                              \
  KERNEL(WG) name(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y, int run, \
                  int n0, int n1, int n, int sa0, int sa1, int sa, int sb0, int sb1,      \
                  int sb) {                                                               \
    RUN((size_t)n0 * n1)                                                                  \
    OUTER(n1, sa1, sb1)                                                                   \
    OUTER(n0, sa0, sb0)                                                                   \
    ROW(f)                                                                                \
  }

BROADCAST_3(add_3, ADD)
BROADCAST_3(sub_3, SUB)
BROADCAST_3(mul_3, MUL)
BROADCAST_3(div_3, DIV)
BROADCAST_3(maximum_3, MAXIMUM)
BROADCAST_3(minimum_3, MINIMUM)
BROADCAST_3(maximum_slope_3, MAXIMUM_SLOPE)
BROADCAST_3(pow_3, POW)
BROADCAST_3(pow_base_slope_3, POW_BASE_SLOPE)
BROADCAST_3(pow_exponent_slope_3, POW_EXPONENT_SLOPE)

// The function of rank f; the rare ones share a loop.
DEVICE_FN float any_of(int f, float a, float b) {
  return f == 4   ? MAXIMUM(a, b)
         : f == 5 ? MINIMUM(a, b)
         : f == 6 ? MAXIMUM_SLOPE(a, b)
         : f == 7 ? POW(a, b)
         : f == 8 ? POW_BASE_SLOPE(a, b)
                  : POW_EXPONENT_SLOPE(a, b);
}

KERNEL(WG) broadcast_8(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y, int run, int f,
                       int n0, int n1, int n2, int n3, int n4, int n5, int n6, int n,
                       int sa0, int sa1, int sa2, int sa3, int sa4, int sa5, int sa6, int sa,
                       int sb0, int sb1, int sb2, int sb3, int sb4, int sb5, int sb6, int sb) {
  RUN((size_t)n0 * n1 * n2 * n3 * n4 * n5 * n6)
  OUTER(n6, sa6, sb6)
  OUTER(n5, sa5, sb5)
  OUTER(n4, sa4, sb4)
  OUTER(n3, sa3, sb3)
  OUTER(n2, sa2, sb2)
  OUTER(n1, sa1, sb1)
  OUTER(n0, sa0, sb0)
  if (f == 0) {
    ROW(ADD)
  } else if (f == 1) {
    ROW(SUB)
  } else if (f == 2) {
    ROW(MUL)
  } else if (f == 3) {
    ROW(DIV)
  } else {
    ROLLED
    for (size_t i = first; i < last; i++) y[i] = any_of(f, a[(long)i * sa], b[(long)i * sb]);
  }
}
