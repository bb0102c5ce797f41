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
// most, for AMSGrad, is the largest v so far; null otherwise
KERNEL(WG) adam(GLOBAL float* w, GLOBAL const float* g, GLOBAL float* m, GLOBAL float* v,
                GLOBAL float* most, int n, float beta1, float beta2, float eps, float decay,
                float shrink, float stepSize, float correction) {
  const size_t i = ITEM();
  if (i >= (size_t)n) return;
  const float slope = g[i] + decay * w[i];
  const float first = beta1 * m[i] + (1 - beta1) * slope;
  const float second = beta2 * v[i] + (1 - beta2) * slope * slope;
  m[i] = first;
  v[i] = second;
  float root = second;
  if (most != 0) {
    root = FMAX(most[i], second);
    most[i] = root;
  }
  w[i] = shrink * w[i] - stepSize * first / (SQRT(root) / correction + eps);
}
