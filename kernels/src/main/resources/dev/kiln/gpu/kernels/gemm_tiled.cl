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

// This item's chunks of a strip: lines [line, line + tile) of the dimension that is not k, and
// [k, k + TILE_K) of it. alongK tells which one is contiguous; pitch is the extent of that one.
DEVICE_FN void load_strip(GLOBAL const float* x, int alongK, int tile, int chunks, int line,
                          int lines, int k, int kEnd, int pitch, int aligned, float4* held) {
  UNROLL
  for (int r = 0; r < chunks; r++) {
    const int chunk = LOCAL_ID(0) + r * WG;
    if (alongK) {
      const int atLine = line + chunk / (TILE_K / 4);
      const int atK = k + chunk % (TILE_K / 4) * 4;
      held[r] = load_chunk(x + (size_t)atLine * pitch + atK, atLine < lines ? kEnd - atK : 0,
                           aligned);
    } else {
      const int atK = k + chunk / (tile / 4);
      const int atLine = line + chunk % (tile / 4) * 4;
      held[r] = load_chunk(x + (size_t)atK * pitch + atLine, atK < kEnd ? lines - atLine : 0,
                           aligned);
    }
  }
}

DEVICE_FN void store_strip(LOCAL_PTR float* strip, int alongK, int tile, int chunks,
                           const float4* held) {
  UNROLL
  for (int r = 0; r < chunks; r++) {
    const int chunk = LOCAL_ID(0) + r * WG;
    if (alongK) {
      LOCAL_PTR float* at = strip + chunk % (TILE_K / 4) * 4 * (tile + 4) + chunk / (TILE_K / 4);
      at[0] = held[r].x;
      at[tile + 4] = held[r].y;
      at[2 * (tile + 4)] = held[r].z;
      at[3 * (tile + 4)] = held[r].w;
    } else {
      LOCAL_STORE4(strip + chunk / (tile / 4) * (tile + 4) + chunk % (tile / 4) * 4, held[r]);
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
  a += (size_t)batch * strideA;
  b += (size_t)batch * strideB;
  c += ((size_t)GROUP_ID(1) * batches + batch) * m * n;

  float4 sum[ITEM_M * RUNS_N];
  UNROLL
  for (int i = 0; i < ITEM_M * RUNS_N; i++) sum[i] = F4_ALL(0.0f);

  float4 heldA[CHUNKS_A];
  float4 heldB[CHUNKS_B];
  load_strip(a, A_ALONG_K, TILE_M, CHUNKS_A, row, m, kBegin, kEnd, pitchA, alignedA, heldA);
  load_strip(b, B_ALONG_K, TILE_N, CHUNKS_B, column, n, kBegin, kEnd, pitchB, alignedB, heldB);
  store_strip(tileA[0], A_ALONG_K, TILE_M, CHUNKS_A, heldA);
  store_strip(tileB[0], B_ALONG_K, TILE_N, CHUNKS_B, heldB);
  BARRIER();

  int buffer = 0;
  for (int at = kBegin; at < kEnd; at += TILE_K) {
    const int next = at + TILE_K;
    if (next < kEnd) {
      load_strip(a, A_ALONG_K, TILE_M, CHUNKS_A, row, m, next, kEnd, pitchA, alignedA, heldA);
      load_strip(b, B_ALONG_K, TILE_N, CHUNKS_B, column, n, next, kEnd, pitchB, alignedB, heldB);
    }
    tile_product(tileA[buffer] + item_row(), tileB[buffer] + item_column(), sum);
    buffer ^= 1;
    if (next < kEnd) {
      store_strip(tileA[buffer], A_ALONG_K, TILE_M, CHUNKS_A, heldA);
      store_strip(tileB[buffer], B_ALONG_K, TILE_N, CHUNKS_B, heldB);
    }
    BARRIER();
  }

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
