// gemm_tiled — C = op(A) · op(B) + bias, through tiles in local memory
//
//   A      [batch][m][k], with A_ALONG_K = 0 [batch][k][m]       row-major float32; the matrices of
//   B      [batch][k][n], with B_ALONG_K = 1 [batch][n][k]       a batch lie strideA, strideB apart
//   bias   [n], with biasDown [m]; may be null
//   C      [splits][batch][m][n]
//
//                  n                       A group walks along k, TILE_K at a time:
//              +--------+ k
//              |   ##   |                  - it loads the next two strips to registers,
//              |   ##   |                  - multiplies the present ones in local memory (tile.h),
//         k    +---##---+                  - stores the next ones to the other half of it.
//      +-----+ |   ||   |
//    m |#####|-|-> ## C |                  So one barrier a step, and the loads have a whole step's
//      +-----+ +--------+                  arithmetic to arrive. Beyond the edges it loads zeros.
//
// Launch   x = tiles of C, matrix by matrix, counted down bands of BAND tile rows so that the groups
//              that run together share what they read; y = splits of k, depth each: split s sums
//              k in [s * depth, (s + 1) * depth) into C[s], which split_sum adds up
// Local    2 * TILE_K * (TILE_M + TILE_N + 8) floats
// Order    one sum per element, k ascending, fused multiply-adds: the same bits on every run
// Tunable  A_ALONG_K, B_ALONG_K   whether k is the operand's contiguous dimension
//          the tile: see tile.h

#include "tile.h"

#define BAND 8
#define CHUNKS_A (TILE_M * TILE_K / 4 / WG)
#define CHUNKS_B (TILE_N * TILE_K / 4 / WG)

#if CHUNKS_A * WG * 4 != TILE_M * TILE_K || CHUNKS_B * WG * 4 != TILE_N * TILE_K
#error "every work-item must load the same number of float4"
#endif

// Four neighbours, of which room lie inside the matrix; the others are 0.
DEVICE_FN float4 load_chunk(GLOBAL const float* p, int room, int aligned) {
  if (aligned && room >= 4) return LOAD4(p);
  return F4(room > 0 ? p[0] : 0, room > 1 ? p[1] : 0, room > 2 ? p[2] : 0, room > 3 ? p[3] : 0);
}

// A strip is [lines][k] or, where k is not the contiguous dimension, [k][lines]. This item's chunks
// of it are these, the first from (LINE_OF, K_OF) on:
#define LINE_OF(alongK, tile) \
  ((alongK) ? LOCAL_ID(0) / (TILE_K / 4) : LOCAL_ID(0) % ((tile) / 4) * 4)
#define K_OF(alongK, tile) \
  ((alongK) ? LOCAL_ID(0) % (TILE_K / 4) * 4 : LOCAL_ID(0) / ((tile) / 4))
#define APART(alongK, tile) (WG / ((alongK) ? TILE_K / 4 : (tile) / 4))

// Loads them. x[at] is the first, of which lines and k are what the operand has left.
DEVICE_FN void load_strip(GLOBAL const float* x, uint at, int alongK, int tile, int chunks, int lines, int k,
                          int pitch, int aligned, float4* held) {
  UNROLL
  for (int r = 0; r < chunks; r++) {
    const int apart = r * APART(alongK, tile);
    const int inside = apart < (alongK ? lines : k);
    held[r] = load_chunk(x + (at + (uint)apart * pitch), inside ? (alongK ? k : lines) : 0, aligned);
  }
}

// Stores them in local memory, k outermost. strip points at the first's place.
DEVICE_FN void store_strip(LOCAL_PTR float* strip, int alongK, int tile, int chunks,
                           const float4* held) {
  UNROLL
  for (int r = 0; r < chunks; r++) {
    const int apart = r * APART(alongK, tile);
    if (alongK) {
      strip[apart] = held[r].x;
      strip[apart + tile + 4] = held[r].y;
      strip[apart + 2 * (tile + 4)] = held[r].z;
      strip[apart + 3 * (tile + 4)] = held[r].w;
    } else {
      LOCAL_STORE4(strip + apart * (tile + 4), held[r]);
    }
  }
}

KERNEL(WG) gemm_tiled(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                      GLOBAL const float* RESTRICT bias, GLOBAL float* RESTRICT c, int m, int n,
                      int k, int strideA, int strideB, int batches, int depth, int biasDown) {
  LOCAL float tileA[2][TILE_K * PITCH_M];
  LOCAL float tileB[2][TILE_K * PITCH_N];

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
  const int alignedA = ((pitchA | strideA) & 3) == 0;
  const int alignedB = ((pitchB | strideB) & 3) == 0;

  // Where this item's first chunks come from and go to.
  const int lineA = LINE_OF(A_ALONG_K, TILE_M);
  const int lineB = LINE_OF(B_ALONG_K, TILE_N);
  const int kA = K_OF(A_ALONG_K, TILE_M);
  const int kB = K_OF(B_ALONG_K, TILE_N);
  // Buffers have fewer than 2^31 elements; beyond the edges, where nothing is read, these may wrap.
  const uint firstA = A_ALONG_K ? (uint)(row + lineA) * pitchA + kBegin + kA
                                : (uint)(kBegin + kA) * pitchA + row + lineA;
  const uint firstB = B_ALONG_K ? (uint)(column + lineB) * pitchB + kBegin + kB
                                : (uint)(kBegin + kB) * pitchB + column + lineB;
  uint atA = (uint)batch * strideA + firstA;
  uint atB = (uint)batch * strideB + firstB;
  const uint stepA = A_ALONG_K ? TILE_K : (uint)TILE_K * pitchA;
  const uint stepB = B_ALONG_K ? TILE_K : (uint)TILE_K * pitchB;
  const int linesA = m - row - lineA;
  const int linesB = n - column - lineB;
  const int toA = kA * PITCH_M + lineA;
  const int toB = kB * PITCH_N + lineB;

  float4 sum[ITEM_M * RUNS_N];
  UNROLL
  for (int i = 0; i < ITEM_M * RUNS_N; i++) sum[i] = F4_ALL(0.0f);

  float4 heldA[CHUNKS_A];
  float4 heldB[CHUNKS_B];
  int left = kEnd - kBegin;
  load_strip(a, atA, A_ALONG_K, TILE_M, CHUNKS_A, linesA, left - kA, pitchA, alignedA, heldA);
  load_strip(b, atB, B_ALONG_K, TILE_N, CHUNKS_B, linesB, left - kB, pitchB, alignedB, heldB);
  store_strip(tileA[0] + toA, A_ALONG_K, TILE_M, CHUNKS_A, heldA);
  store_strip(tileB[0] + toB, B_ALONG_K, TILE_N, CHUNKS_B, heldB);
  BARRIER();

  for (int present = 0; left > 0; present ^= 1) {
    left -= TILE_K;
    if (left > 0) {
      atA += stepA;
      atB += stepB;
      load_strip(a, atA, A_ALONG_K, TILE_M, CHUNKS_A, linesA, left - kA, pitchA, alignedA, heldA);
      load_strip(b, atB, B_ALONG_K, TILE_N, CHUNKS_B, linesB, left - kB, pitchB, alignedB, heldB);
    }
    tile_product(tileA[present] + item_row(), tileB[present] + item_column(), sum);
    if (left > 0) {
      store_strip(tileA[present ^ 1] + toA, A_ALONG_K, TILE_M, CHUNKS_A, heldA);
      store_strip(tileB[present ^ 1] + toB, B_ALONG_K, TILE_N, CHUNKS_B, heldB);
    }
    BARRIER();
  }

  c += ((size_t)GROUP_ID(1) * batches + batch) * m * n;
  UNROLL
  for (int i = 0; i < ITEM_M; i++) {
    const int y = row + item_row() + row_of(i);
    if (y < m) {
      UNROLL
      for (int j = 0; j < RUNS_N; j++) {
        const int x = column + item_column() + column_of(j);
        GLOBAL float* at = c + (size_t)y * n + x;
        float4 value = sum[i * RUNS_N + j];
        if (bias && biasDown) {
          value = value + bias[y];
        } else if (bias) {
          value = value + load_chunk(bias + x, n - x, (n & 3) == 0);
        }
        if ((n & 3) == 0) {
          if (x < n) STORE4(at, value);
        } else {
          if (x + 0 < n) at[0] = value.x;
          if (x + 1 < n) at[1] = value.y;
          if (x + 2 < n) at[2] = value.z;
          if (x + 3 < n) at[3] = value.w;
        }
      }
    }
  }
}
