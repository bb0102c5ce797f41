// cross entropy of rows of class scores and its gradient for CPUs behind OpenCL — loss.cl tells
// what, with inner = 1
//
// Launch   any number of groups, a work-item alone in each; WG = 1
// Order    LANES sums (c mod LANES), compensated, then by halves; what smoothing wants along the
//          classes
// Tunable  LANES   floats in a vector, 16 or 8

#include "dialect/running.h"
#include "row_wide.h"

DEVICE_FN float weight_of(GLOBAL const float* weight, int c) { return weight != 0 ? weight[c] : 1; }

KERNEL(WG) cross_entropy_cpu(GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
                             GLOBAL const float* RESTRICT weight, GLOBAL float* RESTRICT loss,
                             GLOBAL float* RESTRICT counted, int ignored, float smoothing,
                             int classes, int inner, int rows) {
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    GLOBAL const float* scores = x + (size_t)row * classes;
    const int t = target[row];
    if (t == ignored) {
      loss[row] = 0;
      counted[row] = 0;
    } else {
      const float top = row_top(scores, classes);
      const float logSum = LOG(row_exps(scores, top, 0, classes));
      // without smoothing nothing is added up: 0 * -infinity must not reach the loss
      Running logs = running_zero();
      for (int c = 0; c < classes && smoothing != 0; c++) {
        logs = running_add(logs, weight_of(weight, c) * (scores[c] - top - logSum));
      }
      const float w = weight_of(weight, t);
      const float hit = smoothing < 1 ? scores[t] - top - logSum : 0;
      loss[row] = -(1 - smoothing) * w * hit - smoothing / classes * logs.sum;
      counted[row] = w;
    }
  }
}

KERNEL(WG) cross_entropy_gradient_cpu(
    GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
    GLOBAL const float* RESTRICT weight, GLOBAL const float* RESTRICT dy, int dyStep,
    GLOBAL const float* RESTRICT divisor, GLOBAL float* RESTRICT dx, int ignored, float smoothing,
    int classes, int inner, int rows) {
  Running weights = running_zero();
  for (int c = 0; c < classes && smoothing != 0; c++) {
    weights = running_add(weights, weight_of(weight, c));
  }
  const float all = weights.sum;
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    GLOBAL const float* scores = x + (size_t)row * classes;
    GLOBAL float* slopes = dx + (size_t)row * classes;
    const int t = target[row];
    if (t == ignored) {
      for (int c = 0; c < classes; c++) slopes[c] = 0;
    } else {
      const float top = row_top(scores, classes);
      const float sum = row_exps(scores, top, 0, classes);
      const float g = dy[(size_t)row * dyStep] / (divisor != 0 ? divisor[0] : 1);
      const float ofTarget = g * (1 - smoothing) * weight_of(weight, t);
      const float spread = g * smoothing / classes;
      for (int c = 0; c < classes; c += LANES) {
        const WIDE p = exp(scores_at(scores, c, classes) - top) / sum;
        const WIDE ofClass = weight != 0 ? load_lanes(weight + c, classes - c) : (WIDE)(1.0f);
        const WIDE miss = LANE == (WIDE)(float)(t - c) ? p - 1 : p;
        store_lanes(slopes + c, ofTarget * miss + spread * (p * all - ofClass), classes - c);
      }
    }
  }
}
