// gemm_cpu — C = activation(op(A) · op(B) + bias + residual) for CPUs behind OpenCL
//
// Work-items are few and large, a group is one of them, and the vectors are explicit.
//
//   1. A is read where it lies, or, if it is transposed and large, pack_columns puts ROWS rows of
//      op(A) side by side:
//
//          packed [batch][block][k][ROWS]          rows beyond m are 0
//
//   2. gemm_cpu: a group owns some panels of COLUMNS = 2 * LANES columns and some blocks of rows of
//      C. It copies DEPTH rows of its columns of op(B) at a time, zeros beyond n, and runs down its
//      blocks with them:
//
//                    panels [panel][DEPTH][COLUMNS]     in a cache, whatever n is
//          A  ROWS   C      ROWS * 2 vectors            in registers
//
//   gemm_cpu_thin: for few rows or columns, where all that costs more than the product. A group
//      computes a stretch of a row of C: vectors along the columns where B has them side by side,
//      else dot products.
//
//   A      element (i, kk) of a matrix at i * rowA + kk * stepA, matrices strideA apart
//   B      element (kk, j) at j * columnB + kk * stepB, matrices strideB apart; one step is 1
//   bias   [n], with biasDown [m]; may be null
//   C      [batch][m][n]; residual and activation: epilogue.h
//
// Launch   one work-item a group, WG = 1
// Local    PANELS * DEPTH * COLUMNS floats, which are the work-item's own: no barrier
// Order    k ascending in runs of DEPTH, in dot products by lanes: the same bits on every run
// Tunable  LANES   floats in a vector, 16 or 8
//          ROWS    rows of C together; ROWS * 2 + 3 vectors want registers
//          DEPTH   rows of B in a panel
//          PANELS  of DEPTH rows that fit; more of them where k is less than DEPTH
//          ACROSS  blocks that a group packs

#include "epilogue.h"
#include "wide.h"

#define COLUMNS (2 * LANES)

// Groups: ACROSS blocks of a matrix each, those of a matrix together. A is [k, m]: a page holds few of
// its rows, so as much as possible is taken of one at a time.
KERNEL(WG) pack_columns(GLOBAL const float* RESTRICT a, GLOBAL float* RESTRICT packed, int m, int k,
                        int strideA) {
  const int blocks = (m + ROWS - 1) / ROWS;
  const int across = (blocks + ACROSS - 1) / ACROSS;
  const size_t batch = GROUP_ID(0) / across;
  const int first = GROUP_ID(0) % across * ACROSS;
  const int last = IMIN(blocks, first + ACROSS);
  for (int kk = 0; kk < k; kk++) {
    GLOBAL const float* from = a + batch * strideA + (size_t)kk * m;
    for (int block = first; block < last; block++) {
      GLOBAL float* to = packed + ((batch * blocks + block) * k + kk) * ROWS;
      const int rows = m - block * ROWS;
      if (rows >= ROWS) {
        UNROLL
        for (int r = 0; r < ROWS; r++) to[r] = from[block * ROWS + r];
      } else {
        for (int r = 0; r < ROWS; r++) to[r] = r < rows ? from[block * ROWS + r] : 0;
      }
    }
  }
}

// Rows [0, depth) of op(B) from the first of its columns on, of which there are some or too many.
DEVICE_FN void fill_panel(LOCAL_PTR float* panel, GLOBAL const float* b, int columns, int depth,
                          int columnB, int stepB) {
  if (columnB == 1) {
    const int left = IMIN(columns, LANES);
    const int right = IMIN(columns - LANES, LANES);
    for (int kk = 0; kk < depth; kk++, panel += COLUMNS, b += stepB) {
      STORE_WIDE(panel, load_lanes(b, left));
      STORE_WIDE(panel + LANES, right > 0 ? load_lanes(b + LANES, right) : (WIDE)(0.0f));
    }
    return;
  }
  // Columns lie as rows then: squares of them are turned in registers.
  for (int side = 0; side < COLUMNS; side += LANES, b += (size_t)LANES * columnB) {
    const int there = columns - side;
    int kk = 0;
    for (; kk + LANES <= depth; kk += LANES) {
      WIDE lines[LANES];
      UNROLL
      for (int j = 0; j < LANES; j++) {
        lines[j] = j < there ? LOAD_WIDE(b + (size_t)j * columnB + kk) : (WIDE)(0.0f);
      }
      turn_square(lines);
      UNROLL
      for (int i = 0; i < LANES; i++) STORE_WIDE(panel + (kk + i) * COLUMNS + side, lines[i]);
    }
    for (; kk < depth; kk++) {
      for (int j = 0; j < LANES; j++) {
        panel[kk * COLUMNS + side + j] = j < there ? b[(size_t)j * columnB + kk] : 0;
      }
    }
  }
}

// to[0 .. columns) = value, plus what is there already, plus bias, but at least low.
DEVICE_FN void add_lanes(GLOBAL float* to, WIDE value, int columns, int first,
                         GLOBAL const float* bias, float biasOfRow, float low) {
  if (!first) {
    value += load_lanes(to, columns);
  } else if (bias) {
    value += load_lanes(bias, columns);
  } else {
    value += biasOfRow;
  }
  store_lanes(to, lanes_at_least(low, value), columns);
}

// A tile of C, whose rows are n apart, like add_lanes; along: the biases of its columns, down: those of
// its rows, one of them or neither.
DEVICE_FN void add_tile(GLOBAL float* to, int n, WIDE* left, WIDE* right, int first,
                        GLOBAL const float* along, GLOBAL const float* down, float low) {
  if (!first) {
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      left[r] += LOAD_WIDE(to + (size_t)r * n);
      right[r] += LOAD_WIDE(to + (size_t)r * n + LANES);
    }
  } else if (along) {
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      left[r] += LOAD_WIDE(along);
      right[r] += LOAD_WIDE(along + LANES);
    }
  } else if (down) {
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      left[r] += down[r];
      right[r] += down[r];
    }
  }
  UNROLL
  for (int r = 0; r < ROWS; r++) {
    STORE_WIDE(to + (size_t)r * n, lanes_at_least(low, left[r]));
    STORE_WIDE(to + (size_t)r * n + LANES, lanes_at_least(low, right[r]));
  }
}

// The rows and columns of a tile that are there. They go by memory: vectors that live across calls are
// saved and loaded again around each, which cost whole tiles 3 % of a product of 1024, 4 % of one of 256.
DEVICE_FN void add_edge(GLOBAL float* to, int n, const WIDE* left, const WIDE* right, int rows,
                        int columns, int first, GLOBAL const float* along, GLOBAL const float* down,
                        float low) {
  WIDE tile[2 * ROWS];
  UNROLL
  for (int r = 0; r < ROWS; r++) {
    tile[2 * r] = left[r];
    tile[2 * r + 1] = right[r];
  }
  for (int i = 0; i < 2 * rows; i++) {
    const int side = i % 2 * LANES;
    if (side < columns) {
      add_lanes(to + (size_t)(i / 2) * n + side, tile[i], IMIN(columns - side, LANES), first,
                along ? along + side : 0, down ? down[i / 2] : 0.0f, low);
    }
  }
}

// Groups: x = panelsEach panels of a matrix each, those of a matrix together; y = blocksEach blocks
// of rows. A is as it is or packed: rows apart, steps stepA apart, blocks blockA, matrices strideA.
KERNEL(WG) gemm_cpu(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                    GLOBAL const float* RESTRICT bias, GLOBAL const float* RESTRICT residual,
                    GLOBAL float* RESTRICT c, int m, int n, int k, int apart, int stepA, int blockA,
                    int strideA, int columnB, int stepB, int strideB, int blocksEach,
                    int panelsEach, int biasDown, int activation) {
  LOCAL float panels[PANELS * DEPTH * COLUMNS];
  const int across = (n + panelsEach * COLUMNS - 1) / (panelsEach * COLUMNS);
  const size_t batch = GROUP_ID(0) / across;
  const int firstColumn = GROUP_ID(0) % across * panelsEach * COLUMNS;
  const int lastColumn = IMIN(n, firstColumn + panelsEach * COLUMNS);
  const int blocks = (m + ROWS - 1) / ROWS;
  const int firstBlock = GROUP_ID(1) * blocksEach;
  const int lastBlock = IMIN(blocks, firstBlock + blocksEach);
  a += batch * strideA;
  b += batch * strideB;

  int at = 0;
  do {
    const int depth = IMIN(DEPTH, k - at);
    const int last = k - at <= DEPTH;
    const float low = last ? FLOOR(residual, activation) : -INFINITY;
    LOCAL_PTR float* panel = panels;
    for (int j = firstColumn; j < lastColumn; j += COLUMNS, panel += depth * COLUMNS) {
      fill_panel(panel, b + (size_t)j * columnB + (size_t)at * stepB, n - j, depth, columnB, stepB);
    }
    for (int block = firstBlock; block < lastBlock; block++) {
      const int rows = IMIN(ROWS, m - block * ROWS);
      size_t from[ROWS];  // rows beyond m are the last one again, and go nowhere
      UNROLL
      for (int r = 0; r < ROWS; r++) from[r] = (size_t)IMIN(r, rows - 1) * apart;
      panel = panels;
      for (int j = firstColumn; j < lastColumn; j += COLUMNS, panel += depth * COLUMNS) {
        const size_t place = (batch * m + (size_t)block * ROWS) * n + j;
        UNROLL
        for (int r = 0; r < ROWS; r++) {
          WRITTEN_SOON(c + place + (size_t)IMIN(r, rows - 1) * n);
          WRITTEN_SOON(c + place + (size_t)IMIN(r, rows - 1) * n + IMIN(LANES, n - j - 1));
        }
        GLOBAL const float* x = a + (size_t)block * blockA + (size_t)at * stepA;
        WIDE left[ROWS];
        WIDE right[ROWS];
        UNROLL
        for (int r = 0; r < ROWS; r++) left[r] = right[r] = (WIDE)(0.0f);
        if (n - j > LANES) {
          for (int kk = 0; kk < depth; kk++, x += stepA) {
            const WIDE y0 = LOAD_WIDE(panel + kk * COLUMNS);
            const WIDE y1 = LOAD_WIDE(panel + kk * COLUMNS + LANES);
            UNROLL
            for (int r = 0; r < ROWS; r++) {
              const WIDE w = (WIDE)x[from[r]];
              left[r] = fma(w, y0, left[r]);
              right[r] = fma(w, y1, right[r]);
            }
          }
        } else {
          for (int kk = 0; kk < depth; kk++, x += stepA) {
            const WIDE y0 = LOAD_WIDE(panel + kk * COLUMNS);
            UNROLL
            for (int r = 0; r < ROWS; r++) left[r] = fma((WIDE)x[from[r]], y0, left[r]);
          }
        }
        GLOBAL const float* along = bias && !biasDown ? bias + j : 0;
        GLOBAL const float* down = bias && biasDown ? bias + block * ROWS : 0;
        if (rows == ROWS && n - j >= COLUMNS) {
          add_tile(c + place, n, left, right, at == 0, along, down, low);
        } else {
          add_edge(c + place, n, left, right, rows, n - j, at == 0, along, down, low);
        }
        for (int r = 0; last && LATE(residual, activation) && r < rows; r++) {
          finish_run(c, residual, place + (size_t)r * n, IMIN(n - j, COLUMNS), activation);
        }
      }
    }
    at += DEPTH;
  } while (at < k);
}

// Groups: a stretch of 4 * LANES columns of a row of C each.
KERNEL(WG) gemm_cpu_thin(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                         GLOBAL const float* RESTRICT bias, GLOBAL const float* RESTRICT residual,
                         GLOBAL float* RESTRICT c, int m, int n, int k, int rowA, int stepA,
                         int strideA, int columnB, int stepB, int strideB, int biasDown,
                         int activation) {
  const int stretches = (n + 4 * LANES - 1) / (4 * LANES);
  const int first = GROUP_ID(0) % stretches * 4 * LANES;
  const int end = IMIN(n, first + 4 * LANES);
  const int row = GROUP_ID(0) / stretches % m;
  const size_t batch = GROUP_ID(0) / stretches / m;
  a += batch * strideA + (size_t)row * rowA;
  b += batch * strideB;
  const size_t start = (batch * m + row) * n;
  GLOBAL float* to = c + start;
  const float low = FLOOR(residual, activation);
  const float biasOfRow = bias && biasDown ? bias[row] : 0.0f;
  GLOBAL const float* biasAt = biasDown ? 0 : bias;

  int j = first;
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
    for (int s = 0; s < 4; s++) STORE_WIDE(to + j + s * LANES, lanes_at_least(low, sum[s]));
    j = end;
  }
  for (; columnB == 1 && end - j >= LANES; j += LANES) {
    WIDE sum = biasAt ? LOAD_WIDE(biasAt + j) : (WIDE)(biasOfRow);
    for (int kk = 0; kk < k; kk++) {
      sum = fma((WIDE)a[(size_t)kk * stepA], LOAD_WIDE(b + (size_t)kk * stepB + j), sum);
    }
    STORE_WIDE(to + j, lanes_at_least(low, sum));
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
    to[j] = at_least(low, sum + (biasAt ? biasAt[j] : biasOfRow));
  }
  if (LATE(residual, activation)) {
    finish_run(c, residual, start + first, end - first, activation);
  }
}
