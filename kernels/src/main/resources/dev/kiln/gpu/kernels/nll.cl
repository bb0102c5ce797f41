// negative log likelihood of rows of log-probabilities against one class each, and its gradient
//
//   loss      -w_t x_t
//   counted   w_t
//   dx_c      -g w_t where c = t, else 0; with the upstream gradient g = dy / divisor
//
//   x, dx                   [outer][classes][inner]
//   target, loss, counted   [outer][inner]; all 0 and dx 0 where target = ignored
//   weight                  [classes], null for 1
//   dy                      [outer][inner] if dyStep = 1, one number for all rows if 0
//   divisor                 one number, null for 1
//
// Launch   any number of groups: nll has a work-item per row, nll_gradient one per element of dx
// Tunable  WG   work-group size

KERNEL(WG) nll(GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
               GLOBAL const float* RESTRICT weight, GLOBAL float* RESTRICT loss,
               GLOBAL float* RESTRICT counted, int ignored, int classes, int inner, int rows) {
  for (size_t row = GLOBAL_ID(0); row < (size_t)rows; row += GLOBAL_SIZE(0)) {
    const int t = target[row];
    if (t == ignored) {
      loss[row] = 0;
      counted[row] = 0;
    } else {
      const float w = weight != 0 ? weight[t] : 1;
      loss[row] = -w * x[(row / inner * classes + t) * inner + row % inner];
      counted[row] = w;
    }
  }
}

KERNEL(WG) nll_gradient(GLOBAL const int* RESTRICT target, GLOBAL const float* RESTRICT weight,
                        GLOBAL const float* RESTRICT dy, int dyStep,
                        GLOBAL const float* RESTRICT divisor, GLOBAL float* RESTRICT dx, int ignored,
                        int classes, int inner, int size) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)size; e += GLOBAL_SIZE(0)) {
    const int c = (int)(e / inner % classes);
    const size_t row = e / inner / classes * inner + e % inner;
    const int t = target[row];
    float slope = 0;
    if (t == c && t != ignored) {
      slope = -dy[row * dyStep] / (divisor != 0 ? divisor[0] : 1);
      if (weight != 0) slope *= weight[t];
    }
    dx[e] = slope;
  }
}
