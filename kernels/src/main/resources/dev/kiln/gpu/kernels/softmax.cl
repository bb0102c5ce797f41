// softmax, log-softmax and their gradients along the middle dimension
//
//   softmax                y = exp(x - max x) / sum(exp(x - max x))
//   softmax_gradient       dx = y * (dy - sum(dy * y))
//   log_softmax            y = x - max x - log(sum(exp(x - max x)))
//   log_softmax_gradient   dx = dy - exp(y) * sum(dy)
//
//   x, y, dy, dx   [outer][n][inner]   row-major; outer * inner rows of n elements, inner apart
//
// A NaN in a row makes all of it NaN, as does a row of -infinity only.
//
// Launch   _by_group   a work-group per row, work-items along n; any number of groups
//          _by_item    a work-item per row, neighbours along inner, for short rows; likewise
// Local    _by_group   WG floats
// Order    _by_group   each work-item in steps of WG, then a tree over work-items
//          _by_item    along n; sums are compensated in both
// Tunable  WG = 256    work-group size, a power of two; 1 for CPUs

#include "dialect/group.h"
#include "dialect/running.h"

DEVICE_FN size_t row_start(size_t row, int n, int inner) {
  return row / inner * n * inner + row % inner;
}

// ---- a work-group per row ----

DEVICE_FN float group_top(GLOBAL const float* x, int n, int inner, LOCAL_PTR float* scratch) {
  float top = -INFINITY;
  for (int i = LOCAL_ID(0); i < n; i += WG) top = FMAX(top, x[i * inner]);
  return group_max(scratch, top);
}

DEVICE_FN float group_exp_sum(GLOBAL const float* x, float top, int n, int inner,
                              LOCAL_PTR float* scratch) {
  Running total = running_zero();
  for (int i = LOCAL_ID(0); i < n; i += WG) {
    total = running_add(total, EXP(x[i * inner] - top));
  }
  return group_sum(scratch, total.sum);
}

KERNEL(WG) softmax_by_group(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int n,
                            int inner, int rows) {
  LOCAL float scratch[WG];
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t start = row_start(row, n, inner);
    const float top = group_top(x + start, n, inner, scratch);
    const float sum = group_exp_sum(x + start, top, n, inner, scratch);
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const size_t e = start + i * inner;
      y[e] = EXP(x[e] - top) / sum;
    }
  }
}

KERNEL(WG) log_softmax_by_group(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int n,
                                int inner, int rows) {
  LOCAL float scratch[WG];
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t start = row_start(row, n, inner);
    const float top = group_top(x + start, n, inner, scratch);
    const float logSum = LOG(group_exp_sum(x + start, top, n, inner, scratch));
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const size_t e = start + i * inner;
      y[e] = x[e] - top - logSum;
    }
  }
}

KERNEL(WG) softmax_gradient_by_group(GLOBAL const float* RESTRICT y, GLOBAL const float* RESTRICT dy,
                                     GLOBAL float* RESTRICT dx, int n, int inner, int rows) {
  LOCAL float scratch[WG];
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t start = row_start(row, n, inner);
    Running total = running_zero();
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const size_t e = start + i * inner;
      total = running_add(total, dy[e] * y[e]);
    }
    const float sum = group_sum(scratch, total.sum);
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const size_t e = start + i * inner;
      dx[e] = y[e] * (dy[e] - sum);
    }
  }
}

KERNEL(WG) log_softmax_gradient_by_group(GLOBAL const float* RESTRICT y,
                                         GLOBAL const float* RESTRICT dy,
                                         GLOBAL float* RESTRICT dx, int n, int inner, int rows) {
  LOCAL float scratch[WG];
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t start = row_start(row, n, inner);
    Running total = running_zero();
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      total = running_add(total, dy[start + i * inner]);
    }
    const float sum = group_sum(scratch, total.sum);
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const size_t e = start + i * inner;
      dx[e] = dy[e] - EXP(y[e]) * sum;
    }
  }
}

// ---- a work-item per row ----

DEVICE_FN float item_top(GLOBAL const float* x, int n, int inner) {
  float top = -INFINITY;
  for (int i = 0; i < n; i++) top = FMAX(top, x[i * inner]);
  return top;
}

DEVICE_FN float item_exp_sum(GLOBAL const float* x, float top, int n, int inner) {
  Running total = running_zero();
  for (int i = 0; i < n; i++) total = running_add(total, EXP(x[i * inner] - top));
  return total.sum;
}

KERNEL(WG) softmax_by_item(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int n,
                           int inner, int rows) {
  for (size_t row = GLOBAL_ID(0); row < (size_t)rows; row += GLOBAL_SIZE(0)) {
    const size_t start = row_start(row, n, inner);
    const float top = item_top(x + start, n, inner);
    const float sum = item_exp_sum(x + start, top, n, inner);
    for (int i = 0; i < n; i++) {
      const size_t e = start + i * inner;
      y[e] = EXP(x[e] - top) / sum;
    }
  }
}

KERNEL(WG) log_softmax_by_item(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int n,
                               int inner, int rows) {
  for (size_t row = GLOBAL_ID(0); row < (size_t)rows; row += GLOBAL_SIZE(0)) {
    const size_t start = row_start(row, n, inner);
    const float top = item_top(x + start, n, inner);
    const float logSum = LOG(item_exp_sum(x + start, top, n, inner));
    for (int i = 0; i < n; i++) {
      const size_t e = start + i * inner;
      y[e] = x[e] - top - logSum;
    }
  }
}

KERNEL(WG) softmax_gradient_by_item(GLOBAL const float* RESTRICT y, GLOBAL const float* RESTRICT dy,
                                    GLOBAL float* RESTRICT dx, int n, int inner, int rows) {
  for (size_t row = GLOBAL_ID(0); row < (size_t)rows; row += GLOBAL_SIZE(0)) {
    const size_t start = row_start(row, n, inner);
    Running total = running_zero();
    for (int i = 0; i < n; i++) {
      const size_t e = start + i * inner;
      total = running_add(total, dy[e] * y[e]);
    }
    for (int i = 0; i < n; i++) {
      const size_t e = start + i * inner;
      dx[e] = y[e] * (dy[e] - total.sum);
    }
  }
}

KERNEL(WG) log_softmax_gradient_by_item(GLOBAL const float* RESTRICT y,
                                        GLOBAL const float* RESTRICT dy, GLOBAL float* RESTRICT dx,
                                        int n, int inner, int rows) {
  for (size_t row = GLOBAL_ID(0); row < (size_t)rows; row += GLOBAL_SIZE(0)) {
    const size_t start = row_start(row, n, inner);
    Running total = running_zero();
    for (int i = 0; i < n; i++) total = running_add(total, dy[start + i * inner]);
    for (int i = 0; i < n; i++) {
      const size_t e = start + i * inner;
      dx[e] = dy[e] - EXP(y[e]) * total.sum;
    }
  }
}
