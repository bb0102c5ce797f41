// cross entropy of rows of class scores against one target class each, and its gradient
//
//   p = softmax(x), log p = x - max x - log(sum(exp(x - max x))), t = target, e = smoothing
//
//   loss      -(1 - e) w_t log p_t - e/classes * sum over c of w_c log p_c
//   counted   w_t
//   dx_c      g * ((1 - e) w_t (p_c - [c = t]) + e/classes * (p_c * sum(w) - w_c))
//             with the upstream gradient g = dy / divisor
//
//   x, dx                   [outer][classes][inner]
//   target, loss, counted   [outer][inner]; all 0 and dx 0 where target = ignored
//   weight                  [classes], null for 1
//   dy                      [outer][inner] if dyStep = 1, one number for all rows if 0
//   divisor                 one number, null for 1
//
// Launch   _by_group   a work-group per row, work-items along classes; any number of groups
//          _by_item    a work-item per row, neighbours along inner, for few classes; likewise
// Local    _by_group   WG floats
// Order    _by_group   each work-item in steps of WG, then a tree over work-items
//          _by_item    along classes; sums are compensated in both
// Tunable  WG = 256    work-group size, a power of two; 1 for CPUs

#include "dialect/group.h"
#include "dialect/running.h"

DEVICE_FN float weight_of(GLOBAL const float* weight, int c) { return weight != 0 ? weight[c] : 1; }

DEVICE_FN size_t row_start(size_t row, int classes, int inner) {
  return row / inner * classes * inner + row % inner;
}

// The slope of one score. ofTarget is g (1 - e) w_t, spread g e / classes, all the weights' sum.
DEVICE_FN float slope(float p, int hit, float ofTarget, float spread, float all, float ofClass) {
  return ofTarget * (hit ? p - 1 : p) + spread * (p * all - ofClass);
}

// ---- a work-group per row ----

KERNEL(WG) cross_entropy_by_group(GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
                                  GLOBAL const float* RESTRICT weight, GLOBAL float* RESTRICT loss,
                                  GLOBAL float* RESTRICT counted, int ignored, float smoothing,
                                  int classes, int inner, int rows) {
  LOCAL float scratch[WG];
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    GLOBAL const float* scores = x + row_start(row, classes, inner);
    const int t = target[row];

    float top = -INFINITY;
    for (int c = LOCAL_ID(0); c < classes; c += WG) top = FMAX(top, scores[c * inner]);
    top = group_max(scratch, top);

    Running exps = running_zero();
    for (int c = LOCAL_ID(0); c < classes; c += WG) {
      exps = running_add(exps, EXP(scores[c * inner] - top));
    }
    const float logSum = LOG(group_sum(scratch, exps.sum));

    // without smoothing nothing is added up: 0 * -infinity must not reach the loss
    Running logs = running_zero();
    for (int c = LOCAL_ID(0); c < classes && smoothing != 0; c += WG) {
      logs = running_add(logs, weight_of(weight, c) * (scores[c * inner] - top - logSum));
    }
    const float allLogs = group_sum(scratch, logs.sum);

    if (LOCAL_ID(0) == 0) {
      if (t == ignored) {
        loss[row] = 0;
        counted[row] = 0;
      } else {
        const float w = weight_of(weight, t);
        const float hit = smoothing < 1 ? scores[t * inner] - top - logSum : 0;
        loss[row] = -(1 - smoothing) * w * hit - smoothing / classes * allLogs;
        counted[row] = w;
      }
    }
  }
}

KERNEL(WG) cross_entropy_gradient_by_group(
    GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
    GLOBAL const float* RESTRICT weight, GLOBAL const float* RESTRICT dy, int dyStep,
    GLOBAL const float* RESTRICT divisor, GLOBAL float* RESTRICT dx, int ignored, float smoothing,
    int classes, int inner, int rows) {
  LOCAL float scratch[WG];
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t start = row_start(row, classes, inner);
    const int t = target[row];
    float top = -INFINITY;
    for (int c = LOCAL_ID(0); c < classes; c += WG) top = FMAX(top, x[start + c * inner]);
    top = group_max(scratch, top);

    Running exps = running_zero();
    for (int c = LOCAL_ID(0); c < classes; c += WG) {
      exps = running_add(exps, EXP(x[start + c * inner] - top));
    }
    const float sum = group_sum(scratch, exps.sum);

    Running weights = running_zero();
    for (int c = LOCAL_ID(0); c < classes && smoothing != 0; c += WG) {
      weights = running_add(weights, weight_of(weight, c));
    }
    const float all = group_sum(scratch, weights.sum);

    const float g = dy[(size_t)row * dyStep] / (divisor != 0 ? divisor[0] : 1);
    const float ofTarget = t == ignored ? 0 : g * (1 - smoothing) * weight_of(weight, t);
    const float spread = g * smoothing / classes;
    for (int c = LOCAL_ID(0); c < classes; c += WG) {
      const size_t e = start + c * inner;
      const float p = EXP(x[e] - top) / sum;
      const float d = slope(p, c == t, ofTarget, spread, all, weight_of(weight, c));
      dx[e] = t == ignored ? 0 : d;
    }
  }
}

// ---- a work-item per row ----

KERNEL(WG) cross_entropy_by_item(GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
                                 GLOBAL const float* RESTRICT weight, GLOBAL float* RESTRICT loss,
                                 GLOBAL float* RESTRICT counted, int ignored, float smoothing,
                                 int classes, int inner, int rows) {
  for (size_t row = GLOBAL_ID(0); row < (size_t)rows; row += GLOBAL_SIZE(0)) {
    GLOBAL const float* scores = x + row_start(row, classes, inner);
    const int t = target[row];
    if (t == ignored) {
      loss[row] = 0;
      counted[row] = 0;
      continue;
    }
    float top = -INFINITY;
    for (int c = 0; c < classes; c++) top = FMAX(top, scores[c * inner]);
    Running exps = running_zero();
    for (int c = 0; c < classes; c++) {
      exps = running_add(exps, EXP(scores[c * inner] - top));
    }
    const float logSum = LOG(exps.sum);
    Running logs = running_zero();
    for (int c = 0; c < classes && smoothing != 0; c++) {
      logs = running_add(logs, weight_of(weight, c) * (scores[c * inner] - top - logSum));
    }
    const float w = weight_of(weight, t);
    const float hit = smoothing < 1 ? scores[t * inner] - top - logSum : 0;
    loss[row] = -(1 - smoothing) * w * hit - smoothing / classes * logs.sum;
    counted[row] = w;
  }
}

KERNEL(WG) cross_entropy_gradient_by_item(
    GLOBAL const float* RESTRICT x, GLOBAL const int* RESTRICT target,
    GLOBAL const float* RESTRICT weight, GLOBAL const float* RESTRICT dy, int dyStep,
    GLOBAL const float* RESTRICT divisor, GLOBAL float* RESTRICT dx, int ignored, float smoothing,
    int classes, int inner, int rows) {
  for (size_t row = GLOBAL_ID(0); row < (size_t)rows; row += GLOBAL_SIZE(0)) {
    const size_t start = row_start(row, classes, inner);
    const int t = target[row];
    if (t == ignored) {
      for (int c = 0; c < classes; c++) dx[start + c * inner] = 0;
      continue;
    }
    float top = -INFINITY;
    for (int c = 0; c < classes; c++) top = FMAX(top, x[start + c * inner]);
    Running exps = running_zero();
    for (int c = 0; c < classes; c++) {
      exps = running_add(exps, EXP(x[start + c * inner] - top));
    }
    Running weights = running_zero();
    for (int c = 0; c < classes && smoothing != 0; c++) {
      weights = running_add(weights, weight_of(weight, c));
    }
    const float g = dy[row * dyStep] / (divisor != 0 ? divisor[0] : 1);
    const float ofTarget = g * (1 - smoothing) * weight_of(weight, t);
    const float spread = g * smoothing / classes;
    for (int c = 0; c < classes; c++) {
      const size_t e = start + c * inner;
      const float p = EXP(x[e] - top) / exps.sum;
      dx[e] = slope(p, c == t, ofTarget, spread, weights.sum, weight_of(weight, c));
    }
  }
}
