// gemm_cpu — C = op(A) · op(B) + bias for CPUs behind OpenCL
//
// Work-items are few and large, a group is one of them, and the vectors are explicit.
//
//   1. pack_rows puts ROWS rows of op(A) side by side, whatever its layout:
//
//          packed [batch][block][k][ROWS]          rows beyond m are 0
//
//   2. gemm_cpu: a group owns COLUMNS = 2 * LANES columns and some blocks of rows of C. It copies
//      DEPTH rows of op(B) at a time, zeros beyond n, and runs down its blocks with them:
//
//                         panel [DEPTH][COLUMNS]   in a cache, whatever n is
//          packed  ROWS   C     ROWS * 2 vectors   in registers
//
//   gemm_cpu_thin: for few rows or columns, where packing costs more than the product. A group
//      computes a stretch of a row of C: vectors along the columns where B has them side by side,
//      else dot products.
//
//   A      element (i, kk) of a matrix at i * rowA + kk * stepA, matrices strideA apart
//   B      element (kk, j) at j * columnB + kk * stepB, matrices strideB apart; one step is 1
//   bias   [n], with biasDown [m]; may be null
//   C      [batch][m][n]
//
// Launch   one work-item a group, WG = 1
// Local    DEPTH * COLUMNS floats, which are the work-item's own: no barrier
// Order    k ascending in runs of DEPTH, in dot products by lanes: the same bits on every run
// Tunable  LANES   floats in a vector, 16 or 8
//          ROWS    rows of C together; ROWS * 2 + 3 vectors want registers
//          DEPTH   rows of B in a panel

#include "wide.h"

#define COLUMNS (2 * LANES)

// Groups: a block of a matrix each, blocks of a batch in order.
KERNEL(WG) pack_rows(GLOBAL const float* RESTRICT a, GLOBAL float* RESTRICT packed, int m, int k,
                     int rowA, int stepA, int strideA) {
  const int blocks = (m + ROWS - 1) / ROWS;
  const int row = GROUP_ID(0) % blocks * ROWS;
  GLOBAL const float* from = a + (size_t)(GROUP_ID(0) / blocks) * strideA + (size_t)row * rowA;
  GLOBAL float* to = packed + (size_t)GROUP_ID(0) * k * ROWS;
  for (int kk = 0; kk < k; kk++) {
    for (int r = 0; r < ROWS; r++) {
      *to++ = row + r < m ? from[(size_t)r * rowA + (size_t)kk * stepA] : 0;
    }
  }
}

// Rows [0, depth) of op(B) from the first of its columns on, of which there are some or too many.
DEVICE_FN void fill_panel(LOCAL_PTR float* panel, GLOBAL const float* b, int columns, int depth,
                          int columnB, int stepB) {
  if (columnB == 1 && columns >= COLUMNS) {
    for (int kk = 0; kk < depth; kk++) {
      STORE_WIDE(panel + kk * COLUMNS, LOAD_WIDE(b + (size_t)kk * stepB));
      STORE_WIDE(panel + kk * COLUMNS + LANES, LOAD_WIDE(b + (size_t)kk * stepB + LANES));
    }
    return;
  }
  for (int j = 0; j < COLUMNS; j++) {
    if (j < columns) {
      for (int kk = 0; kk < depth; kk++) {
        panel[kk * COLUMNS + j] = b[(size_t)j * columnB + (size_t)kk * stepB];
      }
    } else {
      for (int kk = 0; kk < depth; kk++) panel[kk * COLUMNS + j] = 0;
    }
  }
}

// to[0 .. columns) = value, plus what is there already, plus bias.
DEVICE_FN void finish_row(GLOBAL float* to, WIDE left, WIDE right, int columns, int first,
                          GLOBAL const float* bias, float biasOfRow) {
  if (columns >= COLUMNS) {
    if (!first) {
      left += LOAD_WIDE(to);
      right += LOAD_WIDE(to + LANES);
    } else if (bias) {
      left += LOAD_WIDE(bias);
      right += LOAD_WIDE(bias + LANES);
    } else {
      left += biasOfRow;
      right += biasOfRow;
    }
    STORE_WIDE(to, left);
    STORE_WIDE(to + LANES, right);
    return;
  }
  float each[COLUMNS];
  STORE_WIDE(each, left);
  STORE_WIDE(each + LANES, right);
  for (int j = 0; j < columns; j++) {
    to[j] = each[j] + (!first ? to[j] : bias ? bias[j] : biasOfRow);
  }
}

// Groups: x = panels of columns, those of a matrix together; y = runs of blocksEach blocks of rows.
KERNEL(WG) gemm_cpu(GLOBAL const float* RESTRICT packed, GLOBAL const float* RESTRICT b,
                    GLOBAL const float* RESTRICT bias, GLOBAL float* RESTRICT c, int m, int n,
                    int k, int strideA, int columnB, int stepB, int strideB, int blocksEach,
                    int biasDown) {
  LOCAL float panel[DEPTH * COLUMNS];
  const int panels = (n + COLUMNS - 1) / COLUMNS;
  const size_t batch = GROUP_ID(0) / panels;
  const int column = GROUP_ID(0) % panels * COLUMNS;
  const int columns = n - column;
  const int blocks = (m + ROWS - 1) / ROWS;
  const int firstBlock = GROUP_ID(1) * blocksEach;
  const int lastBlock = IMIN(blocks, firstBlock + blocksEach);
  // A that all matrices share is packed once.
  packed += strideA == 0 ? 0 : batch * blocks * k * ROWS;
  b += batch * strideB + (size_t)column * columnB;
  c += batch * m * n + column;

  int at = 0;
  do {
    const int depth = IMIN(DEPTH, k - at);
    fill_panel(panel, b + (size_t)at * stepB, columns, depth, columnB, stepB);
    for (int block = firstBlock; block < lastBlock; block++) {
      GLOBAL const float* a = packed + ((size_t)block * k + at) * ROWS;
      WIDE left[ROWS];
      WIDE right[ROWS];
      UNROLL
      for (int r = 0; r < ROWS; r++) left[r] = right[r] = (WIDE)(0.0f);
      for (int kk = 0; kk < depth; kk++) {
        const WIDE x0 = LOAD_WIDE(panel + kk * COLUMNS);
        const WIDE x1 = LOAD_WIDE(panel + kk * COLUMNS + LANES);
        UNROLL
        for (int r = 0; r < ROWS; r++) {
          const WIDE w = (WIDE)a[(size_t)kk * ROWS + r];
          left[r] = fma(w, x0, left[r]);
          right[r] = fma(w, x1, right[r]);
        }
      }
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        const int row = block * ROWS + r;
        if (row < m) {
          finish_row(c + (size_t)row * n, left[r], right[r], columns, at == 0,
                     bias && !biasDown ? bias + column : 0, bias && biasDown ? bias[row] : 0.0f);
        }
      }
    }
    at += DEPTH;
  } while (at < k);
}

// Groups: a stretch of 4 * LANES columns of a row of C each.
KERNEL(WG) gemm_cpu_thin(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                         GLOBAL const float* RESTRICT bias, GLOBAL float* RESTRICT c, int m, int n,
                         int k, int rowA, int stepA, int strideA, int columnB, int stepB,
                         int strideB, int biasDown) {
  const int stretches = (n + 4 * LANES - 1) / (4 * LANES);
  int j = GROUP_ID(0) % stretches * 4 * LANES;
  const int end = IMIN(n, j + 4 * LANES);
  const int row = GROUP_ID(0) / stretches % m;
  const size_t batch = GROUP_ID(0) / stretches / m;
  a += batch * strideA + (size_t)row * rowA;
  b += batch * strideB;
  c += (batch * m + row) * n;
  const float biasOfRow = bias && biasDown ? bias[row] : 0.0f;
  GLOBAL const float* biasAt = biasDown ? 0 : bias;

  if (columnB == 1 && end - j == 4 * LANES) {
    WIDE sum[4];
    UNROLL
    for (int s = 0; s < 4; s++) {
      sum[s] = biasAt ? LOAD_WIDE(biasAt + j + s * LANES) : (WIDE)(biasOfRow);
    }
    for (int kk = 0; kk < k; kk++) {
      const WIDE x = (WIDE)a[(size_t)kk * stepA];
      UNROLL
      for (int s = 0; s < 4; s++) {
        sum[s] = fma(x, LOAD_WIDE(b + (size_t)kk * stepB + j + s * LANES), sum[s]);
      }
    }
    UNROLL
    for (int s = 0; s < 4; s++) STORE_WIDE(c + j + s * LANES, sum[s]);
    return;
  }
  for (; columnB == 1 && end - j >= LANES; j += LANES) {
    WIDE sum = biasAt ? LOAD_WIDE(biasAt + j) : (WIDE)(biasOfRow);
    for (int kk = 0; kk < k; kk++) {
      sum = fma((WIDE)a[(size_t)kk * stepA], LOAD_WIDE(b + (size_t)kk * stepB + j), sum);
    }
    STORE_WIDE(c + j, sum);
  }
  for (; j < end; j++) {
    GLOBAL const float* y = b + (size_t)j * columnB;
    WIDE sums = (WIDE)(0.0f);
    int kk = 0;
    for (; stepA == 1 && stepB == 1 && k - kk >= LANES; kk += LANES) {
      sums = fma(LOAD_WIDE(a + kk), LOAD_WIDE(y + kk), sums);
    }
    float sum = sum_lanes(sums);
    for (; kk < k; kk++) sum = fma(a[(size_t)kk * stepA], y[(size_t)kk * stepB], sum);
    c[j] = sum + (biasAt ? biasAt[j] : biasOfRow);
  }
}
