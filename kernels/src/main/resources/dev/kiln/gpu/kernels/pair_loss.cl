// losses between elements and their targets, and their gradients
//
//   d = x - t, p = posWeight
//
//   mse               d^2
//   l1                |d|, whose slope at 0 is 0
//   smooth_l1         d^2 / 2a   where |d| < a, else |d| - a/2
//   huber             d^2 / 2    where |d| < a, else a (|d| - a/2)
//   bce_with_logits   (1 - t) x + (1 + (p - 1) t) log(1 + exp(-x))
//
//   NAME_loss         loss = weight * f(x, t)
//   NAME_gradient     dx = scale * dy * weight * f'(x, t)
//
//   x, target, loss, dx   [n]
//   weight, posWeight     [n], null for 1
//   dy                    [n] if dyStep = 1, one number for all if 0
//
// Launch   1-D, a work-item per element
// Tunable  WG   work-group size

#define LOSS(name, f)                                                                          \
  KERNEL(WG) name(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT target,         \
                  GLOBAL const float* RESTRICT weight, GLOBAL const float* RESTRICT posWeight, \
                  GLOBAL float* RESTRICT loss, float a, int n) {                               \
    const size_t i = (size_t)GROUP_ID(0) * WG + LOCAL_ID(0);                                   \
    if (i >= (size_t)n) return;                                                                \
    const float p = posWeight != 0 ? posWeight[i] : 1;                                         \
    const float value = f(x[i], target[i], a, p);                                              \
    loss[i] = weight != 0 ? weight[i] * value : value;                                         \
  }

#define GRADIENT(name, f)                                                                      \
  KERNEL(WG) name(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT target,         \
                  GLOBAL const float* RESTRICT weight, GLOBAL const float* RESTRICT posWeight, \
                  GLOBAL const float* RESTRICT dy, int dyStep, GLOBAL float* RESTRICT dx,      \
                  float a, float scale, int n) {                                               \
    const size_t i = (size_t)GROUP_ID(0) * WG + LOCAL_ID(0);                                   \
    if (i >= (size_t)n) return;                                                                \
    const float p = posWeight != 0 ? posWeight[i] : 1;                                         \
    const float slope = scale * dy[i * dyStep] * f(x[i], target[i], a, p);                     \
    dx[i] = weight != 0 ? weight[i] * slope : slope;                                           \
  }

#define VALUE(name) DEVICE_FN float name##_value(float x, float t, float a, float p)
#define SLOPE(name) DEVICE_FN float name##_slope(float x, float t, float a, float p)
#define KERNELS(name) LOSS(name##_loss, name##_value) GRADIENT(name##_gradient, name##_slope)

DEVICE_FN float sign_of(float d) { return d > 0 ? 1.0f : d < 0 ? -1.0f : 0.0f; }

VALUE(mse) { return (x - t) * (x - t); }
SLOPE(mse) { return 2 * (x - t); }
KERNELS(mse)

VALUE(l1) { return FABS(x - t); }
SLOPE(l1) { return sign_of(x - t); }
KERNELS(l1)

VALUE(smooth_l1) {
  const float d = FABS(x - t);
  return d < a ? 0.5f * d * d / a : d - 0.5f * a;
}
SLOPE(smooth_l1) {
  const float d = x - t;
  return FABS(d) < a ? d / a : sign_of(d);
}
KERNELS(smooth_l1)

VALUE(huber) {
  const float d = FABS(x - t);
  return d < a ? 0.5f * d * d : a * (d - 0.5f * a);
}
SLOPE(huber) {
  const float d = x - t;
  return FABS(d) < a ? d : a * sign_of(d);
}
KERNELS(huber)

// No exponential overflows, and no logarithm sees 0.
VALUE(bce_with_logits) {
  const float missed = FMAX(-x, 0) + LOG1P(EXP(-FABS(x)));
  return (1 - t) * x + (1 + (p - 1) * t) * missed;
}
SLOPE(bce_with_logits) { return (1 - t) - (1 + (p - 1) * t) / (1 + EXP(x)); }
KERNELS(bce_with_logits)
