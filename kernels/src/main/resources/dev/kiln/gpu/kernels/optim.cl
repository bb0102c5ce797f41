// optim — one step of an optimizer on one parameter, in place
//
//   w               [n] the parameter          g   [n] its gradient
//   velocity, m, v  [n] the optimizer's state
//
// Launch   1-D, a work-item an element
// Tunable  WG   work-group size

#define ITEM() ((size_t)GROUP_ID(0) * WG + LOCAL_ID(0))

KERNEL(WG) sgd(GLOBAL float* w, GLOBAL const float* g, int n, float lr, float decay) {
  const size_t i = ITEM();
  if (i < (size_t)n) w[i] -= lr * (g[i] + decay * w[i]);
}

// v = momentum · v + (1 - dampening) · g, on the first step v = g; w -= lr · v, or with Nesterov
// w -= lr · (g + momentum · v)
KERNEL(WG) sgd_momentum(GLOBAL float* w, GLOBAL const float* g, GLOBAL float* velocity, int n,
                        float lr, float decay, float momentum, float dampening, int nesterov,
                        int first) {
  const size_t i = ITEM();
  if (i >= (size_t)n) return;
  const float slope = g[i] + decay * w[i];
  const float moved = first ? slope : momentum * velocity[i] + (1 - dampening) * slope;
  velocity[i] = moved;
  w[i] -= lr * (nesterov ? slope + momentum * moved : moved);
}

// decay is the L2 term; AdamW's shrinks w instead: shrink = 1 - lr · decay, else 1.
DEVICE_FN float adam_moved(float w, float shrink, float stepSize, float first, float root,
                           float correction, float eps) {
  return shrink * w - stepSize * first / (SQRT(root) / correction + eps);
}

KERNEL(WG) adam(GLOBAL float* w, GLOBAL const float* g, GLOBAL float* m, GLOBAL float* v, int n,
                float beta1, float beta2, float eps, float decay, float shrink, float stepSize,
                float correction) {
  const size_t i = ITEM();
  if (i >= (size_t)n) return;
  const float slope = g[i] + decay * w[i];
  const float first = beta1 * m[i] + (1 - beta1) * slope;
  const float second = beta2 * v[i] + (1 - beta2) * slope * slope;
  m[i] = first;
  v[i] = second;
  w[i] = adam_moved(w[i], shrink, stepSize, first, second, correction, eps);
}

// The same, divided by the root of the largest second moment so far.
KERNEL(WG) amsgrad(GLOBAL float* w, GLOBAL const float* g, GLOBAL float* m, GLOBAL float* v, int n,
                   float beta1, float beta2, float eps, float decay, float shrink, float stepSize,
                   float correction, GLOBAL float* maximum) {
  const size_t i = ITEM();
  if (i >= (size_t)n) return;
  const float slope = g[i] + decay * w[i];
  const float first = beta1 * m[i] + (1 - beta1) * slope;
  const float second = beta2 * v[i] + (1 - beta2) * slope * slope;
  const float largest = FMAX(maximum[i], second);
  m[i] = first;
  v[i] = second;
  maximum[i] = largest;
  w[i] = adam_moved(w[i], shrink, stepSize, first, largest, correction, eps);
}
