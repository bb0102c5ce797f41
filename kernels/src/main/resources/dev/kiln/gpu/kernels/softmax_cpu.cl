// softmax, log-softmax and their gradients for CPUs behind OpenCL — softmax.cl tells what, with
// inner = 1
//
// Launch   any number of groups, a work-item alone in each; WG = 1
// Order    LANES sums (i mod LANES), compensated, then by halves
// Tunable  LANES   floats in a vector, 16 or 8

#include "row_wide.h"

#define EACH_ROW int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)
#define EACH_VECTOR int c = 0; c < n; c += LANES

KERNEL(WG) softmax_cpu(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int n, int inner,
                       int rows) {
  for (EACH_ROW) {
    GLOBAL const float* from = x + (size_t)row * n;
    GLOBAL float* to = y + (size_t)row * n;
    const float sum = row_exps(from, row_top(from, n), to, n);
    for (EACH_VECTOR) store_lanes(to + c, load_lanes(to + c, n - c) / sum, n - c);
  }
}

KERNEL(WG) log_softmax_cpu(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, int n,
                           int inner, int rows) {
  for (EACH_ROW) {
    GLOBAL const float* from = x + (size_t)row * n;
    GLOBAL float* to = y + (size_t)row * n;
    const float top = row_top(from, n);
    const float logSum = LOG(row_exps(from, top, 0, n));
    for (EACH_VECTOR) store_lanes(to + c, load_lanes(from + c, n - c) - top - logSum, n - c);
  }
}

KERNEL(WG) softmax_gradient_cpu(GLOBAL const float* RESTRICT y, GLOBAL const float* RESTRICT dy,
                                GLOBAL float* RESTRICT dx, int n, int inner, int rows) {
  for (EACH_ROW) {
    const size_t start = (size_t)row * n;
    WideRunning total = wide_running_zero();
    for (EACH_VECTOR) {
      const WIDE p = load_lanes(y + start + c, n - c);
      total = wide_running_add(total, p * load_lanes(dy + start + c, n - c));
    }
    const float sum = sum_lanes(total.sums);
    for (EACH_VECTOR) {
      const WIDE p = load_lanes(y + start + c, n - c);
      const WIDE d = load_lanes(dy + start + c, n - c);
      store_lanes(dx + start + c, p * (d - sum), n - c);
    }
  }
}

KERNEL(WG) log_softmax_gradient_cpu(GLOBAL const float* RESTRICT y, GLOBAL const float* RESTRICT dy,
                                    GLOBAL float* RESTRICT dx, int n, int inner, int rows) {
  for (EACH_ROW) {
    const size_t start = (size_t)row * n;
    WideRunning total = wide_running_zero();
    for (EACH_VECTOR) total = wide_running_add(total, load_lanes(dy + start + c, n - c));
    const float sum = sum_lanes(total.sums);
    for (EACH_VECTOR) {
      const WIDE p = exp(load_lanes(y + start + c, n - c));
      store_lanes(dx + start + c, load_lanes(dy + start + c, n - c) - p * sum, n - c);
    }
  }
}
