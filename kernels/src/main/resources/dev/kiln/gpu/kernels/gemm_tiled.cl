// gemm_tiled — C = activation(op(A) · op(B) + bias + residual), through tiles in local memory
//
//   A      [batch][m][k], with A_ALONG_K = 0 [batch][k][m]       row-major float32; the matrices of
//   B      [batch][k][n], with B_ALONG_K = 1 [batch][n][k]       a batch lie strideA, strideB apart
//   bias   [n], with biasDown [m]; may be null
//   C      [splits][batch][m][n]; residual and activation: epilogue.h, where k is not split
//
//                  n                       A group walks along k, TILE_K at a time:
//              +--------+ k
//              |   ##   |                  - it loads the next two strips to registers,
//              |   ##   |                  - multiplies the present ones in local memory (tile.h),
//         k    +---##---+                  - stores the next ones to the other half of it.
//      +-----+ |   ||   |
//    m |#####|-|-> ## C |                  So one barrier a step, and the loads have a whole step's
//      +-----+ +--------+                  arithmetic to arrive.
//
// The loop asks for no edge: beyond the last rows and columns it loads the last ones again, for
// results that nobody stores, and the first strips take what TILE_K leaves over of k.
//
// Launch   x = tiles of C, matrix by matrix, counted down bands of BAND tile rows: groups that run
//              together share what they read; y = splits of k, depth each: split s sums k in
//              [s * depth, (s + 1) * depth) into C[s], which split_sum adds up
// Local    2 * TILE_K * (TILE_M + TILE_N + 8) floats
// Order    one sum per element, k ascending, fused multiply-adds: the same bits on every run
// Tunable  A_ALONG_K, B_ALONG_K   whether k is the operand's contiguous dimension, or alongA, alongB
//                                 to have it from the launch
//          RUN                    neighbours that are loaded at once: 4 where rows and matrices of
//                                 A and B are multiples of 4 apart, else 1
//          the tile: see tile.h

#include "epilogue.h"
#include "tile.h"

#define BAND 8
#define CHUNKS_A (TILE_M * TILE_K / RUN / WG)
#define CHUNKS_B (TILE_N * TILE_K / RUN / WG)

#if CHUNKS_A * WG * RUN != TILE_M * TILE_K || CHUNKS_B * WG * RUN != TILE_N * TILE_K
#error "every work-item must load the same number of chunks"
#endif

// A strip is [lines][k] or, where k is not the contiguous dimension, [k][lines]. This work-item's
// chunks of it are RUN neighbours each, the first from (LINE_OF, K_OF) on, the others APART:
#define LINE_OF(alongK, tile) \
  ((alongK) ? LOCAL_ID(0) / (TILE_K / RUN) : LOCAL_ID(0) % ((tile) / RUN) * RUN)
#define K_OF(alongK, tile) \
  ((alongK) ? LOCAL_ID(0) % (TILE_K / RUN) * RUN : LOCAL_ID(0) / ((tile) / RUN))
#define APART(alongK, tile) (WG / ((alongK) ? TILE_K / RUN : (tile) / RUN))

// Finds them in the strip that begins at x. lines: how many the matrix has from there on.
DEVICE_FN void find_strip(GLOBAL const float* x, int alongK, int tile, int chunks, int lines,
                          int pitch, GLOBAL const float** from) {
  const int line = LINE_OF(alongK, tile);
  const int k = K_OF(alongK, tile);
  UNROLL
  for (int r = 0; r < chunks; r++) {
    const int apart = r * APART(alongK, tile);
    from[r] = x + (alongK ? (size_t)IMIN(line + apart, lines - 1) * pitch + k
                          : (size_t)(k + apart) * pitch + IMIN(line, lines - RUN));
  }
}

// Loads them and moves on to the next strip, count further along k. A strip that is not whole is 0
// from count on.
DEVICE_FN void load_strip(GLOBAL const float** from, int alongK, int tile, int chunks, int pitch,
                          int whole, int count, float* held) {
  UNROLL
  for (int r = 0; r < chunks; r++) {
    const int k = K_OF(alongK, tile) + (alongK ? 0 : r * APART(alongK, tile));
    const int inside = whole || k < count;
#if RUN == 4
    const float4 chunk = inside ? LOAD4(from[r]) : F4_ALL(0.0f);
    held[4 * r + 0] = chunk.x;
    held[4 * r + 1] = chunk.y;
    held[4 * r + 2] = chunk.z;
    held[4 * r + 3] = chunk.w;
#else
    held[r] = inside ? from[r][0] : 0;
#endif
    from[r] += (size_t)count * (alongK ? 1 : pitch);
  }
}

// Stores them in local memory, k outermost; to is the first's place.
DEVICE_FN void store_strip(LOCAL_PTR float* to, int alongK, int tile, int chunks,
                           const float* held) {
  UNROLL
  for (int r = 0; r < chunks; r++) {
    const float* chunk = held + r * RUN;
    const int apart = r * APART(alongK, tile);
    if (RUN == 4 && !alongK) {
      LOCAL_STORE4(to + apart * (tile + 4), F4(chunk[0], chunk[1], chunk[2], chunk[3]));
    } else {
      UNROLL
      for (int i = 0; i < RUN; i++) {
        to[alongK ? apart + i * (tile + 4) : apart * (tile + 4)] = chunk[i];
      }
    }
  }
}

KERNEL(WG) gemm_tiled(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                      GLOBAL const float* RESTRICT bias, GLOBAL const float* RESTRICT residual,
                      GLOBAL float* RESTRICT c, int m, int n, int k, int strideA, int strideB,
                      int batches, int depth, int biasDown, int activation, int alongA,
                      int alongB) {
  LOCAL float tileA[2 * HALF_M];
  LOCAL float tileB[2 * HALF_N];

  const int tilesM = (m + TILE_M - 1) / TILE_M;
  const int tilesN = (n + TILE_N - 1) / TILE_N;
  const int batch = GROUP_ID(0) / (tilesM * tilesN);
  const int tile = GROUP_ID(0) - batch * tilesM * tilesN;
  const int band = tile / (BAND * tilesN);
  const int inBand = tile - band * BAND * tilesN;
  const int bandRows = IMIN(BAND, tilesM - band * BAND);
  const int row = (band * BAND + inBand % bandRows) * TILE_M;
  const int column = inBand / bandRows * TILE_N;

  const int kBegin = GROUP_ID(1) * depth;
  const int kEnd = IMIN(k, kBegin + depth);
  const int pitchA = A_ALONG_K ? k : m;
  const int pitchB = B_ALONG_K ? k : n;
  a += (size_t)batch * strideA + (A_ALONG_K ? (size_t)row * k + kBegin : (size_t)kBegin * m + row);
  b += (size_t)batch * strideB +
       (B_ALONG_K ? (size_t)column * k + kBegin : (size_t)kBegin * n + column);
  GLOBAL const float* fromA[CHUNKS_A];
  GLOBAL const float* fromB[CHUNKS_B];
  find_strip(a, A_ALONG_K, TILE_M, CHUNKS_A, m - row, pitchA, fromA);
  find_strip(b, B_ALONG_K, TILE_N, CHUNKS_B, n - column, pitchB, fromB);
  LOCAL_PTR float* toA = tileA + K_OF(A_ALONG_K, TILE_M) * PITCH_M + LINE_OF(A_ALONG_K, TILE_M);
  LOCAL_PTR float* toB = tileB + K_OF(B_ALONG_K, TILE_N) * PITCH_N + LINE_OF(B_ALONG_K, TILE_N);

  float4 sum[ITEM_M * RUNS_N];
  UNROLL
  for (int i = 0; i < ITEM_M * RUNS_N; i++) sum[i] = F4_ALL(0.0f);

  int strips = kEnd > kBegin ? (kEnd - kBegin + TILE_K - 1) / TILE_K : 0;
  const int first = strips > 0 ? kEnd - kBegin - (strips - 1) * TILE_K : 0;
  float heldA[CHUNKS_A * RUN];
  float heldB[CHUNKS_B * RUN];
  load_strip(fromA, A_ALONG_K, TILE_M, CHUNKS_A, pitchA, 0, first, heldA);
  load_strip(fromB, B_ALONG_K, TILE_N, CHUNKS_B, pitchB, 0, first, heldB);
  store_strip(toA, A_ALONG_K, TILE_M, CHUNKS_A, heldA);
  store_strip(toB, B_ALONG_K, TILE_N, CHUNKS_B, heldB);
  BARRIER();

  float4 down[2 * RUNS_M];
  float4 across[2 * RUNS_N];
  LOCAL_PTR const float* readA = tileA + item_row();
  LOCAL_PTR const float* readB = tileB + item_column();
  int toOtherA = HALF_M;  // half of the local memory
  int toOtherB = HALF_N;
  read_row(readA, readB, 0, down, across);
  for (int more = strips > 0; more;) {
    more = --strips > 0;
    if (more) {
      load_strip(fromA, A_ALONG_K, TILE_M, CHUNKS_A, pitchA, 1, TILE_K, heldA);
      load_strip(fromB, B_ALONG_K, TILE_N, CHUNKS_B, pitchB, 1, TILE_K, heldB);
    }
    multiply_rows(readA, readB, down, across, sum);
    toA += toOtherA;
    toB += toOtherB;
    if (more) {
      store_strip(toA, A_ALONG_K, TILE_M, CHUNKS_A, heldA);
      store_strip(toB, B_ALONG_K, TILE_N, CHUNKS_B, heldB);
    }
    BARRIER();
    readA += toOtherA;
    readB += toOtherB;
    toOtherA = -toOtherA;
    toOtherB = -toOtherB;
    read_row(readA, readB, 0, down, across);
    multiply_row(1, down, across, sum);
  }

  const int x = column + item_column();
  float4 ofColumns[RUNS_N];  // the bias, or zeros
  UNROLL
  for (int j = 0; j < RUNS_N; j++) {
    const int room = bias && !biasDown ? n - x - column_of(j) : 0;
    GLOBAL const float* at = bias + x + column_of(j);
    ofColumns[j] = F4(room > 0 ? at[0] : 0, room > 1 ? at[1] : 0, room > 2 ? at[2] : 0,
                      room > 3 ? at[3] : 0);
  }
  const size_t start = ((size_t)GROUP_ID(1) * batches + batch) * m * n + x;
  c += start;
  const float low = FLOOR(residual, activation);
  UNROLL
  for (int i = 0; i < ITEM_M; i++) {
    const int y = row + item_row() + row_of(i);
    if (y < m) {
      const float ofRow = bias && biasDown ? bias[y] : 0;
      UNROLL
      for (int j = 0; j < RUNS_N; j++) {
        const int room = n - x - column_of(j);
        GLOBAL float* at = c + (size_t)y * n + column_of(j);
        const float4 value = at_least4(low, sum[i * RUNS_N + j] + ofColumns[j] + ofRow);
        if ((n & 3) == 0) {
          if (room > 0) STORE4(at, value);
        } else {
          if (room > 0) at[0] = value.x;
          if (room > 1) at[1] = value.y;
          if (room > 2) at[2] = value.z;
          if (room > 3) at[3] = value.w;
        }
      }
    }
  }
  if (LATE(residual, activation)) {
    ROLLED
    for (int e = 0; e < ITEM_M * ITEM_N; e++) {
      const int y = row + item_row() + row_of(e / ITEM_N);
      const int across = column_of(e % ITEM_N / 4) + e % 4;
      if (y < m && x + across < n) {
        const size_t at = (size_t)y * n + across;
        c[at] = finished(c[at], residual, start + at, activation);
      }
    }
  }
}
