// unary — y = f(x) and dx = f'(x) · dy, for every function of one element
//
//   x, y       [n] float32; y may be x
//   kept, dy   [n]: kept is the output y or the input x, as named below; dx may be dy
//   a, b       the numbers that fix the function; those that have none ignore them
//
// Launch   1-D, ceil(n / WIDE) work-items; with WIDE = 4 each takes a float4, the last what is left:
//              |0 1 2 3|4 5 6 7|8 9|
// Tunable  WG     work-group size
//          WIDE   4 on GPUs; 1 where the compiler itself makes vectors of neighbouring work-items

#include "activation.h"

#define ITEM() ((size_t)GROUP_ID(0) * WG + LOCAL_ID(0))

#if WIDE == 4

#include "some.h"

#define FORWARD(name, f)                                                              \
  KERNEL(WG) name(GLOBAL const float* x, GLOBAL float* y, int n, float a, float b) {  \
    const size_t start = ITEM() * 4;                                                  \
    const int left = LEFT(start, n);                                                  \
    const float4 v = load_some(x + start, left);                                      \
    store_some(y + start, F4(f(v.x, a, b), f(v.y, a, b), f(v.z, a, b), f(v.w, a, b)), \
               left);                                                                 \
  }

#define GRADIENT(name, f)                                                             \
  KERNEL(WG) name(GLOBAL const float* kept, GLOBAL const float* dy, GLOBAL float* dx, \
                  int n, float a, float b) {                                          \
    const size_t start = ITEM() * 4;                                                  \
    const int left = LEFT(start, n);                                                  \
    const float4 k = load_some(kept + start, left);                                   \
    const float4 d = load_some(dy + start, left);                                     \
    store_some(dx + start, F4(f(k.x, d.x, a, b), f(k.y, d.y, a, b), f(k.z, d.z, a, b), \
                              f(k.w, d.w, a, b)), left);                              \
  }

#else

#define FORWARD(name, f)                                                              \
  KERNEL(WG) name(GLOBAL const float* x, GLOBAL float* y, int n, float a, float b) {  \
    const size_t i = ITEM();                                                          \
    if (i < (size_t)n) y[i] = f(x[i], a, b);                                          \
  }

#define GRADIENT(name, f)                                                             \
  KERNEL(WG) name(GLOBAL const float* kept, GLOBAL const float* dy, GLOBAL float* dx, \
                  int n, float a, float b) {                                          \
    const size_t i = ITEM();                                                          \
    if (i < (size_t)n) dx[i] = f(kept[i], dy[i], a, b);                               \
  }

#endif

// A function is written as VALUE(name), then SLOPE_OF_X or SLOPE_OF_Y: from what it keeps.
#define VALUE(name) DEVICE_FN float name##_of(float x, float a, float b)
#define SLOPE_OF_X(name) DEVICE_FN float name##_slope(float x, float dy, float a, float b)
#define SLOPE_OF_Y(name) DEVICE_FN float name##_slope(float y, float dy, float a, float b)
// Pasted here and nowhere deeper: some OpenCL compilers have macros for exp, log and the like.
#define KERNELS(name) FORWARD(name##_forward, name##_of) GRADIENT(name##_gradient, name##_slope)

// Comparisons are put so that NaN stays NaN.
VALUE(relu) { return relu(x); }
SLOPE_OF_Y(relu) { return y <= 0 ? 0 : dy; }
KERNELS(relu)

VALUE(leaky_relu) { return x > 0 ? x : a * x; }
SLOPE_OF_X(leaky_relu) { return x > 0 ? dy : a * dy; }
KERNELS(leaky_relu)

VALUE(elu) { return x > 0 ? x : a * EXPM1(x); }
SLOPE_OF_X(elu) { return x > 0 ? dy : dy * (a * EXP(x)); }
KERNELS(elu)

VALUE(sigmoid) { return logistic(x); }
SLOPE_OF_Y(sigmoid) { return dy * (y * (1 - y)); }
KERNELS(sigmoid)

VALUE(tanh) { return TANH(x); }
SLOPE_OF_Y(tanh) { return dy * (1 - y * y); }
KERNELS(tanh)

VALUE(gelu) { return gelu(x); }
SLOPE_OF_X(gelu) {
  const float density = 0.3989423f * EXP(-0.5f * x * x);
  return dy * (normal(x) + x * density);
}
KERNELS(gelu)

VALUE(gelu_tanh) { return gelu_tanh(x); }
SLOPE_OF_X(gelu_tanh) {
  const float u = gelu_angle(x);
  const float s = logistic(u);
  const float angle = GELU_SCALE * (1 + 3 * GELU_CUBE * (x * x));
  return dy * (s + x * (s * logistic(-u)) * angle);
}
KERNELS(gelu_tanh)

// log(1 + exp(z)) without an exponential that overflows
VALUE(softplus) {
  const float z = a * x;
  return z > b ? x : (FMAX(z, 0) + LOG1P(EXP(-FABS(z)))) / a;
}
SLOPE_OF_X(softplus) { return a * x > b ? dy : dy * logistic(a * x); }
KERNELS(softplus)

VALUE(silu) { return x * logistic(x); }
SLOPE_OF_X(silu) {
  const float s = logistic(x);
  return dy * (s * (1 + x * (1 - s)));
}
KERNELS(silu)

DEVICE_FN float between(float x, float low, float high) {
  const float y = x < low ? low : x;
  return y > high ? high : y;
}

VALUE(hard_sigmoid) { return between(x / 6 + 0.5f, 0, 1); }
SLOPE_OF_X(hard_sigmoid) { return x > -3 && x < 3 ? dy / 6 : 0; }
KERNELS(hard_sigmoid)

VALUE(hard_swish) { return x * between(x / 6 + 0.5f, 0, 1); }
SLOPE_OF_X(hard_swish) { return x < -3 ? 0 : x <= 3 ? dy * (x / 3 + 0.5f) : dy; }
KERNELS(hard_swish)

VALUE(clamp) { return between(x, a, b); }
SLOPE_OF_X(clamp) { return x >= a && x <= b ? dy : 0; }
KERNELS(clamp)

VALUE(hard_tanh) { return between(x, a, b); }
SLOPE_OF_Y(hard_tanh) { return y > a && y < b ? dy : 0; }
KERNELS(hard_tanh)

VALUE(abs) { return FABS(x); }
SLOPE_OF_X(abs) { return x > 0 ? dy : x < 0 ? -dy : 0; }
KERNELS(abs)

VALUE(exp) { return EXP(x); }
SLOPE_OF_Y(exp) { return dy * y; }
KERNELS(exp)

VALUE(log) { return LOG(x); }
SLOPE_OF_X(log) { return dy / x; }
KERNELS(log)

VALUE(sqrt) { return SQRT(x); }
SLOPE_OF_Y(sqrt) { return dy / (2 * y); }
KERNELS(sqrt)

VALUE(rsqrt) { return 1 / SQRT(x); }
SLOPE_OF_Y(rsqrt) { return -0.5f * dy * (y * y * y); }
KERNELS(rsqrt)

VALUE(square) { return x * x; }
SLOPE_OF_X(square) { return 2 * x * dy; }
KERNELS(square)

VALUE(reciprocal) { return 1 / x; }
SLOPE_OF_Y(reciprocal) { return -dy * (y * y); }
KERNELS(reciprocal)

VALUE(pow) { return POW(x, a); }
SLOPE_OF_X(pow) { return a == 0 ? 0 : dy * (a * POW(x, a - 1)); }
KERNELS(pow)
