// elementwise — y = f(a, b) and y = scale · x + shift: all of one size
//
//   x, y, a, b   [n] float32; the output may be one of the inputs
//
// Launch   1-D, ceil(n / WIDE) work-items; with WIDE = 4 each takes a float4, the last what is left:
//              |0 1 2 3|4 5 6 7|8 9|
// Tunable  WG     work-group size
//          WIDE   4 on GPUs; 1 where the compiler itself makes vectors of neighbouring work-items

#define ITEM() ((size_t)GROUP_ID(0) * WG + LOCAL_ID(0))

#if WIDE == 4

#include "some.h"

#define BINARY(name, f)                                                                 \
  KERNEL(WG) name(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y, int n) { \
    const size_t start = ITEM() * 4;                                                    \
    const int left = LEFT(start, n);                                                    \
    const float4 u = load_some(a + start, left);                                        \
    const float4 v = load_some(b + start, left);                                        \
    store_some(y + start, F4(f(u.x, v.x), f(u.y, v.y), f(u.z, v.z), f(u.w, v.w)), left); \
  }

#else

#define BINARY(name, f)                                                                 \
  KERNEL(WG) name(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y, int n) { \
    const size_t i = ITEM();                                                            \
    if (i < (size_t)n) y[i] = f(a[i], b[i]);                                            \
  }

#endif

#include "binary.h"

BINARY(add_1, ADD)
BINARY(sub_1, SUB)
BINARY(mul_1, MUL)
BINARY(div_1, DIV)
BINARY(maximum_1, MAXIMUM)
BINARY(minimum_1, MINIMUM)
BINARY(maximum_slope_1, MAXIMUM_SLOPE)
BINARY(pow_1, POW)
BINARY(pow_base_slope_1, POW_BASE_SLOPE)
BINARY(pow_exponent_slope_1, POW_EXPONENT_SLOPE)

KERNEL(WG) affine(GLOBAL const float* x, GLOBAL float* y, int n, float scale, float shift) {
  const size_t start = ITEM() * WIDE;
#if WIDE == 4
  const int left = LEFT(start, n);
  store_some(y + start, load_some(x + start, left) * scale + shift, left);
#else
  if (start < (size_t)n) y[start] = scale * x[start] + shift;
#endif
}
