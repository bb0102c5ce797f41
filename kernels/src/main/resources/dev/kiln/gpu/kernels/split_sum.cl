// split_sum — adds the partial sums of a product whose k was split, in the order of the splits, and
// does what the product's write-back would have done (epilogue.h)
//
//   parts   [splits][count]
//   bias    [n], added along the last dimension of y [count / n][n]; with biasDown [count / n],
//           repeated every m rows as y is [batch][m][n]; may be null
//   residual, y   [count]; residual may be null
//
// Launch   1-D; any number of groups, work-items stride over the elements
// Order    split 0, 1, 2, …, bias, residual: the same bits on every run
// Tunable  WG   work-group size

#include "epilogue.h"

KERNEL(WG) split_sum(GLOBAL const float* RESTRICT parts, GLOBAL const float* RESTRICT bias,
                     GLOBAL const float* RESTRICT residual, GLOBAL float* RESTRICT y, int splits,
                     int count, int m, int n, int biasDown, int activation) {
  for (size_t i = GLOBAL_ID(0); i < (size_t)count; i += GLOBAL_SIZE(0)) {
    float sum = parts[i];
    for (int s = 1; s < splits; s++) sum = sum + parts[(size_t)s * count + i];
    if (bias) sum = sum + bias[biasDown ? (int)i / n % m : (int)i % n];
    y[i] = finished(sum, residual, i, activation);
  }
}
