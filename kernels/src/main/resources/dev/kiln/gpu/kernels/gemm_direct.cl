// gemm_direct — C = activation(op(A) · op(B) + bias + residual) for products too small or too thin for
// tiles
//
//   A      element (i, kk) of a matrix at i * rowA + kk * stepA, matrices strideA apart
//   B      element (kk, j) at j * columnB + kk * stepB, matrices strideB apart
//   bias   [n], with biasDown [m]; may be null
//   C      [splits][batch][m][n]; residual and activation: epilogue.h, where k is not split
//
// Launch   y = splits of k, depth each: split s sums k in [s * depth, (s + 1) * depth) into C[s],
//          which split_sum adds up. x: a group has OUTPUTS elements of C, counted over the batch, and
//          SLICES work-items for each, which sum every SLICES-th product:
//
//              K_ADJACENT = 0                          K_ADJACENT = 1
//              neighbours along the outputs            neighbours along k
//              for operands contiguous along m or n    for operands contiguous along k
//
// Local    WG floats
// Order    a slice sums k ascending, then slice 0, 1, 2, … are added: the same bits on every run
// Tunable  OUTPUTS, SLICES = WG / OUTPUTS, K_ADJACENT

#include "epilogue.h"

#define SLICES (WG / OUTPUTS)

KERNEL(WG) gemm_direct(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                       GLOBAL const float* RESTRICT bias, GLOBAL const float* RESTRICT residual,
                       GLOBAL float* RESTRICT c, int m, int n, int k, int rowA, int stepA,
                       int strideA, int columnB, int stepB, int strideB, int batches, int depth,
                       int biasDown, int activation) {
  LOCAL float part[SLICES][OUTPUTS + 1];
  const int slot = K_ADJACENT ? LOCAL_ID(0) / SLICES : LOCAL_ID(0) % OUTPUTS;
  const int slice = K_ADJACENT ? LOCAL_ID(0) % SLICES : LOCAL_ID(0) / OUTPUTS;

  const uint perMatrix = (uint)m * (uint)n;
  const uint output = (uint)GROUP_ID(0) * OUTPUTS + (uint)slot;
  const int inside = output < perMatrix * (uint)batches;
  const uint batch = inside ? output / perMatrix : 0;
  const int i = inside ? (int)((output - batch * perMatrix) / (uint)n) : 0;
  const int j = inside ? (int)((output - batch * perMatrix) % (uint)n) : 0;
  GLOBAL const float* x = a + (size_t)batch * strideA + (size_t)i * rowA;
  GLOBAL const float* y = b + (size_t)batch * strideB + (size_t)j * columnB;

  const int kEnd = IMIN(k, (GROUP_ID(1) + 1) * depth);
  float sum = 0;
  for (int at = GROUP_ID(1) * depth + slice; at < kEnd; at += SLICES) {
    sum = FMA(x[(size_t)at * stepA], y[(size_t)at * stepB], sum);
  }
  part[slice][slot] = sum;
  BARRIER();

  if (slice == 0 && inside) {
    for (int s = 1; s < SLICES; s++) sum = sum + part[s][slot];
    if (bias) sum = sum + bias[biasDown ? i : j];
    c[(size_t)GROUP_ID(1) * perMatrix * (uint)batches + output] =
        finished(sum, residual, output, activation);
  }
}
