// layer normalization of rows, and its gradients
//
//   layer_norm            y = (x - mean) * invStd * gamma + beta, invStd = 1 / sqrt(variance + eps)
//   layer_norm_gradient   dx = invStd * (d - sum(d)/n - xhat * sum(d * xhat)/n)
//                         with d = dy * gamma and xhat = (x - mean) * invStd
//   layer_norm_tilt       tilt = dy * xhat; its sum over rows, by reduce.cl, is dgamma, that of dy
//                         is dbeta
//
//   x, y, dy, dx, tilt   [rows][n] row-major float32
//   gamma, beta          [n], null for 1 and 0
//   mean, invStd         [rows]
//
// The variance is that of x - mean, in a second pass: a large mean costs no digits.
//
// Launch   a work-group per row, work-items along n; any number of groups
// Local    WG floats
// Order    each work-item in steps of WG, then a tree over work-items; sums are compensated
// Tunable  WG = 256    work-group size, a power of two; 64 for rows that are not so long, 1 for CPUs

#include "dialect/group.h"
#include "dialect/running.h"

KERNEL(WG) layer_norm(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT gamma,
                      GLOBAL const float* RESTRICT beta, GLOBAL float* RESTRICT y,
                      GLOBAL float* RESTRICT mean, GLOBAL float* RESTRICT invStd, float eps, int n,
                      int rows) {
  LOCAL float scratch[WG];
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t start = (size_t)row * n;
    Running total = running_zero();
    for (int i = LOCAL_ID(0); i < n; i += WG) total = running_add(total, x[start + i]);
    const float center = group_sum(scratch, total.sum) / n;

    Running squares = running_zero();
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const float d = x[start + i] - center;
      squares = running_add(squares, d * d);
    }
    const float inverse = 1 / SQRT(group_sum(scratch, squares.sum) / n + eps);

    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const float scaled = (x[start + i] - center) * inverse * (gamma != 0 ? gamma[i] : 1);
      y[start + i] = beta != 0 ? scaled + beta[i] : scaled;
    }
    if (LOCAL_ID(0) == 0) {
      mean[row] = center;
      invStd[row] = inverse;
    }
  }
}

KERNEL(WG) layer_norm_gradient(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT dy,
                               GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT mean,
                               GLOBAL const float* RESTRICT invStd, GLOBAL float* RESTRICT dx, int n,
                               int rows) {
  LOCAL float scratch[WG];
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t start = (size_t)row * n;
    const float center = mean[row];
    const float inverse = invStd[row];
    Running sums = running_zero();
    Running tilts = running_zero();
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const float d = dy[start + i] * (gamma != 0 ? gamma[i] : 1);
      sums = running_add(sums, d);
      tilts = running_add(tilts, d * ((x[start + i] - center) * inverse));
    }
    const float shift = group_sum(scratch, sums.sum) / n;
    const float tilt = group_sum(scratch, tilts.sum) / n;
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      const float d = dy[start + i] * (gamma != 0 ? gamma[i] : 1);
      dx[start + i] = inverse * (d - shift - (x[start + i] - center) * inverse * tilt);
    }
  }
}

KERNEL(WG) layer_norm_tilt(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT dy,
                           GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd,
                           GLOBAL float* RESTRICT tilt, int n, int rows) {
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t start = (size_t)row * n;
    const float center = mean[row];
    const float inverse = invStd[row];
    for (int i = LOCAL_ID(0); i < n; i += WG) {
      tilt[start + i] = dy[start + i] * ((x[start + i] - center) * inverse);
    }
  }
}
