// elementwise — y = f(x), dx = f'(x) · dy, y = f(a, b), y = scale · x + shift: all of one size
//
//   x, y, a, b   [n] float32; the output may be one of the inputs
//
// Launch   1-D, ceil(n / WIDE) work-items; with WIDE = 4 each takes a float4, the last what is left:
//              |0 1 2 3|4 5 6 7|8 9|
// Tunable  WG     work-group size
//          WIDE   4 on GPUs; 1 where the compiler itself makes vectors of neighbouring work-items

#define ITEM() ((size_t)GROUP_ID(0) * WG + LOCAL_ID(0))

#if WIDE == 4

#define UNARY(name, f)                                                       \
  KERNEL(WG) name(GLOBAL const float* x, GLOBAL float* y, int n) {           \
    const size_t start = ITEM() * 4;                                         \
    if (start + 4 <= (size_t)n) {                                            \
      const float4 v = LOAD4(x + start);                                     \
      STORE4(y + start, F4(f(v.x), f(v.y), f(v.z), f(v.w)));                 \
    } else {                                                                 \
      for (size_t i = start; i < (size_t)n; i++) y[i] = f(x[i]);             \
    }                                                                        \
  }

#define BINARY(name, f)                                                                 \
  KERNEL(WG) name(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y, int n) { \
    const size_t start = ITEM() * 4;                                                    \
    if (start + 4 <= (size_t)n) {                                                       \
      const float4 u = LOAD4(a + start);                                                \
      const float4 v = LOAD4(b + start);                                                \
      STORE4(y + start, F4(f(u.x, v.x), f(u.y, v.y), f(u.z, v.z), f(u.w, v.w)));        \
    } else {                                                                            \
      for (size_t i = start; i < (size_t)n; i++) y[i] = f(a[i], b[i]);                  \
    }                                                                                   \
  }

#else

#define UNARY(name, f)                                                       \
  KERNEL(WG) name(GLOBAL const float* x, GLOBAL float* y, int n) {           \
    const size_t i = ITEM();                                                 \
    if (i < (size_t)n) y[i] = f(x[i]);                                       \
  }

#define BINARY(name, f)                                                                 \
  KERNEL(WG) name(GLOBAL const float* a, GLOBAL const float* b, GLOBAL float* y, int n) { \
    const size_t i = ITEM();                                                            \
    if (i < (size_t)n) y[i] = f(a[i], b[i]);                                            \
  }

#endif

// Comparisons are put so that NaN stays NaN.
#define RELU(x) ((x) < 0 ? 0 : (x))
#define SIGMOID(x) (1 / (1 + EXP(-(x))))

UNARY(relu, RELU)
UNARY(sigmoid, SIGMOID)
UNARY(tanh_forward, TANH)

// From the output y, which the op keeps, and the upstream gradient dy.
#define RELU_GRADIENT(y, dy) ((y) <= 0 ? 0 : (dy))
#define SIGMOID_GRADIENT(y, dy) ((dy) * (y) * (1 - (y)))
#define TANH_GRADIENT(y, dy) ((dy) * (1 - (y) * (y)))

BINARY(relu_gradient, RELU_GRADIENT)
BINARY(sigmoid_gradient, SIGMOID_GRADIENT)
BINARY(tanh_gradient, TANH_GRADIENT)

#define ADD(a, b) ((a) + (b))
#define SUB(a, b) ((a) - (b))
#define MUL(a, b) ((a) * (b))
#define DIV(a, b) ((a) / (b))

BINARY(add_1, ADD)
BINARY(sub_1, SUB)
BINARY(mul_1, MUL)
BINARY(div_1, DIV)

KERNEL(WG) affine(GLOBAL const float* x, GLOBAL float* y, int n, float scale, float shift) {
  const size_t start = ITEM() * WIDE;
#if WIDE == 4
  if (start + 4 <= (size_t)n) {
    STORE4(y + start, LOAD4(x + start) * scale + shift);
    return;
  }
#endif
  for (size_t i = start; i < start + WIDE && i < (size_t)n; i++) y[i] = scale * x[i] + shift;
}
