// conv_tiled — convolution and its two gradients as implicit gemm: the matrix of patches that
// im2col would write exists only a tile at a time, in local memory
//
//   C [rows][columns] = A [rows][k] · B [k][columns], one such product a group of channels:
//
//   PASS              C         rows       columns           k                 A    B
//   FORWARD           y         groupOut   image, pixel      groupIn, tap      w    patches of x
//   INPUT_GRADIENT    dx        groupIn    image, pixel      groupOut, tap     w    patches of dy
//   WEIGHT_GRADIENT   dw        groupOut   groupIn, tap      image, pixel      dy   patches of x
//
//                      image 0      image 1
//                   +------------+------------+
//    groupIn, tap   |  #####     |            | k         a column of patches holds what one output
//                   +------------+------------+           pixel reads; ##### = TILE_K x TILE_N of it
//
// The walk along k is gemm_tiled's: load the next strips to registers, multiply the present ones
// (tile.h), store the next to the other half of local memory, one barrier. Where in a patch the rows
// of a strip lie, or for WEIGHT_GRADIENT its columns, is worked out once for all work-items.
//
// Launch   x = tiles of C, rows fastest; y = groups; z = splits of k, depth each: split s goes to
//              C[s], each as large as y, dx or dw; split_sum adds up, and the bias.
//              INPUT_GRADIENT wants strides of 1: others are taken apart into phases
// Local    2 * TILE_K * (TILE_M + TILE_N + 12) floats, for WEIGHT_GRADIENT
//          2 * TILE_K * (TILE_M + TILE_N + 8) + 4 * TILE_N
// Order    one sum per element, k ascending, fused multiply-adds; splits in order: the same bits on
//          every run
// Tunable  PASS 0, 1 or 2, in the order of the table
//          the tile: see tile.h; TILE_K divides WG, and TILE_N does where PASS < 2

#include "conv.h"
#include "epilogue.h"
#include "tile.h"

#define FORWARD 0
#define INPUT_GRADIENT 1
#define WEIGHT_GRADIENT 2

#define COUNT_A (TILE_M * TILE_K / WG)
#define COUNT_B (TILE_N * TILE_K / WG)

// Neighbouring work-items load neighbours along k of A, which are neighbours in memory …
#define K_OF_A (LOCAL_ID(0) % TILE_K)
#define LINE_OF_A(r) (LOCAL_ID(0) / TILE_K + (r)*LINES_APART)
#define LINES_APART (WG / TILE_K)

// … and of B along the pixels, whichever dimension those are.
#if PASS == WEIGHT_GRADIENT
#define K_OF_B(r) (LOCAL_ID(0) % TILE_K)
#define LINE_OF_B(r) (LOCAL_ID(0) / TILE_K + (r)*LINES_APART)
#define PLACE_OF_B(r) LINE_OF_B(r)
#define PLACES TILE_N
#else
#define K_OF_B(r) (LOCAL_ID(0) / TILE_N + (r) * (WG / TILE_N))
#define LINE_OF_B(r) (LOCAL_ID(0) % TILE_N)
#define PLACE_OF_B(r) K_OF_B(r)
#define PLACES (2 * TILE_K)
#endif

#if COUNT_A * WG != TILE_M * TILE_K || COUNT_B * WG != TILE_N * TILE_K || WG % TILE_K != 0
#error "every work-item must load the same number of elements"
#endif

// A place in a patch: rows and columns from its corner, elements of B from there, and of A from the
// first of its row. All four are ints, kept as the bits of floats.
DEVICE_FN void store_place(LOCAL_PTR float* to, int down, int across, int inB, int inA) {
  LOCAL_STORE4(to, F4(AS_FLOAT((uint)down), AS_FLOAT((uint)across), AS_FLOAT((uint)inB),
                      AS_FLOAT((uint)inA)));
}

#if PASS != WEIGHT_GRADIENT
// The place of number k of a sum; from kEnd on it is outside. pixels, width: of B's planes.
DEVICE_FN void store_place_of(LOCAL_PTR float* to, int k, int kEnd, int pixels, int width,
                              int taps, int kernelWidth, int groupIn, int dilationHeight,
                              int dilationWidth, DIVISOR(taps), DIVISOR(kernelWidth)) {
  const int channel = DIVIDE(k, taps);
  const int tap = k - channel * taps;
  const int i = DIVIDE(tap, kernelWidth);
  const int down = i * dilationHeight;
  const int across = (tap - i * kernelWidth) * dilationWidth;
  const int outside = k < kEnd ? 0 : OUTSIDE;
#if PASS == FORWARD
  store_place(to, down + outside, across, channel * pixels + down * width + across, k);
#else  // the taps count backwards; w is [groupOut][groupIn][tap] and k is (groupOut, tap)
  store_place(to, outside - down, -across, channel * pixels - down * width - across,
              channel * groupIn * taps + tap);
#endif
}
#endif

KERNEL(WG) conv_tiled(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                      GLOBAL const float* RESTRICT bias, GLOBAL const float* RESTRICT residual,
                      GLOBAL float* RESTRICT c, CONV_EXTENTS, DIVISOR(taps), DIVISOR(kernelWidth),
                      DIVISOR(outPixels), DIVISOR(outWidth), int depth, int activation) {
  LOCAL float tileA[2 * HALF_M];
  LOCAL float tileB[2 * HALF_N];
  LOCAL float places[4 * PLACES];

  const int groupIn = inChannels / groups;
  const int groupOut = outChannels / groups;
  const int taps = kernelHeight * kernelWidth;
  const int inPixels = inHeight * inWidth;
  const int outPixels = outHeight * outWidth;
  const int group = GROUP_ID(1);

#if PASS == FORWARD
  const int rows = groupOut;
  const int columns = images * outPixels;
  const int k = groupIn * taps;
#elif PASS == INPUT_GRADIENT
  const int rows = groupIn;
  const int columns = images * inPixels;
  const int k = groupOut * taps;
#else
  const int rows = groupOut;
  const int columns = groupIn * taps;
  const int k = images * outPixels;
#endif
  const int tilesDown = (rows + TILE_M - 1) / TILE_M;
  const int row = GROUP_ID(0) % tilesDown * TILE_M;
  const int column = GROUP_ID(0) / tilesDown * TILE_N;
  const int linesA = rows - row - LINE_OF_A(0);
  const int kBegin = GROUP_ID(2) * depth;
  const int kEnd = IMIN(k, kBegin + depth);

#if PASS == WEIGHT_GRADIENT
  const int heightB = inHeight;
  const int widthB = inWidth;
  const int apartA = outPixels;
  const int firstA = (group * groupOut + row + LINE_OF_A(0)) * outPixels;
  for (int line = LOCAL_ID(0); line < TILE_N; line += WG) {
    const int inside = column + line < columns;
    const int channel = inside ? (column + line) / taps : 0;
    const int tap = inside ? column + line - channel * taps : 0;
    const int h = tap / kernelWidth * dilationHeight;
    const int v = tap % kernelWidth * dilationWidth;
    store_place(places + 4 * line, inside ? h : OUTSIDE, v,
                (group * groupIn + channel) * inPixels + h * inWidth + v, 0);
  }
#else
  const int line = column + LINE_OF_B(0);
  const int lineInside = line < columns;
#if PASS == FORWARD
  const int heightB = inHeight;
  const int widthB = inWidth;
  const int apartA = k;
  const int firstA = (group * groupOut + row + LINE_OF_A(0)) * k;
  const int image = lineInside ? line / outPixels : 0;
  const int pixel = line - image * outPixels;
  const int atHeight = lineInside ? pixel / outWidth * strideHeight - paddingHeight : OUTSIDE;
  const int atWidth = pixel % outWidth * strideWidth - paddingWidth;
  const int planeB = image * inChannels + group * groupIn;
#else
  const int heightB = outHeight;
  const int widthB = outWidth;
  const int apartA = taps;
  const int firstA = (group * groupOut * groupIn + row + LINE_OF_A(0)) * taps;
  const int image = lineInside ? line / inPixels : 0;
  const int pixel = line - image * inPixels;
  const int atHeight = lineInside ? pixel / inWidth + paddingHeight : OUTSIDE;
  const int atWidth = pixel % inWidth + paddingWidth;
  const int planeB = image * outChannels + group * groupOut;
#endif
  const int firstB = lineInside ? (planeB * heightB + atHeight) * widthB + atWidth : 0;
#define STORE_PLACES(strip, turn)                                                                 \
  if (LOCAL_ID(0) < TILE_K) {                                                                     \
    store_place_of(places + 4 * ((turn)*TILE_K + LOCAL_ID(0)), (strip) + LOCAL_ID(0), kEnd,       \
                   heightB * widthB, widthB, taps, kernelWidth, groupIn, dilationHeight,          \
                   dilationWidth, tapsMagic, tapsShift, kernelWidthMagic, kernelWidthShift);      \
  }
  STORE_PLACES(kBegin, 0)
#endif
  BARRIER();

  float4 sum[ITEM_M * RUNS_N];
  UNROLL
  for (int i = 0; i < ITEM_M * RUNS_N; i++) sum[i] = F4_ALL(0.0f);
  float4 down[2 * RUNS_M];
  float4 across[2 * RUNS_N];
  UNROLL
  for (int i = 0; i < RUNS_M; i++) down[RUNS_M + i] = F4_ALL(0.0f);
  UNROLL
  for (int j = 0; j < RUNS_N; j++) across[RUNS_N + j] = F4_ALL(0.0f);

  LOCAL_PTR float* toA = tileA + K_OF_A * PITCH_M + LINE_OF_A(0);
  LOCAL_PTR float* toB = tileB + K_OF_B(0) * PITCH_N + LINE_OF_B(0);
  LOCAL_PTR const float* readA = tileA + HALF_M + item_row();
  LOCAL_PTR const float* readB = tileB + HALF_N + item_column();
  int toOtherA = HALF_M;  // half of the local memory
  int toOtherB = HALF_N;
#if PASS != WEIGHT_GRADIENT
  int turn = 0;  // which of the two are the places of the next strips
#endif
  for (int at = kBegin - TILE_K; at < kEnd; at += TILE_K) {
    const int next = at + TILE_K;
    float heldA[COUNT_A];
    float heldB[COUNT_B];
    if (next < kEnd) {
      const int kA = next + K_OF_A;
      const int leftA = kA < kEnd ? linesA : 0;
#if PASS == WEIGHT_GRADIENT
      // A's k and B's k are the same pixel.
      const int image = DIVIDE(kA, outPixels);
      const int pixel = kA - image * outPixels;
      const int outRow = DIVIDE(pixel, outWidth);
      const int atHeight = kA < kEnd ? outRow * strideHeight - paddingHeight : OUTSIDE;
      const int atWidth = (pixel - outRow * outWidth) * strideWidth - paddingWidth;
      LOCAL_PTR const float* taken = places;
      const int atA = firstA + image * outChannels * outPixels + pixel;
      const int rowB = image * inChannels * inHeight + outRow * strideHeight - paddingHeight;
      const int firstB = rowB * inWidth + atWidth;
#else
      LOCAL_PTR const float* taken = places + turn * 4 * TILE_K;
      const int atA = firstA + (int)AS_UINT(taken[4 * K_OF_A + 3]);
#endif
      UNROLL
      for (int r = 0; r < COUNT_A; r++) {
        const int apart = r * LINES_APART;
        heldA[r] = apart < leftA ? a[atA + apart * apartA] : 0;
      }
      UNROLL
      for (int r = 0; r < COUNT_B; r++) {
        const float4 place = LOCAL_LOAD4(taken + 4 * PLACE_OF_B(r));
        // not &&: one predicate and no branch
        const int inside = ((uint)atHeight + AS_UINT(place.x) < (uint)heightB) &
                           ((uint)atWidth + AS_UINT(place.y) < (uint)widthB);
        heldB[r] = inside ? b[firstB + (int)AS_UINT(place.z)] : 0;
      }
#if PASS != WEIGHT_GRADIENT
      turn = 1 - turn;
      STORE_PLACES(next + TILE_K, turn)
#endif
    }
    if (at >= kBegin) multiply_rows(readA, readB, down, across, sum);
    if (next < kEnd) {
      UNROLL
      for (int r = 0; r < COUNT_A; r++) toA[r * LINES_APART] = heldA[r];
      UNROLL
      for (int r = 0; r < COUNT_B; r++) {
        toB[(K_OF_B(r) - K_OF_B(0)) * PITCH_N + LINE_OF_B(r) - LINE_OF_B(0)] = heldB[r];
      }
    }
    BARRIER();
    readA -= toOtherA;
    readB -= toOtherB;
    toA += toOtherA;
    toB += toOtherB;
    toOtherA = -toOtherA;
    toOtherB = -toOtherB;
    // and the last row of the present strips: zeros the first time
    read_row(readA, readB, 0, down, across);
    multiply_row(1, down, across, sum);
  }

#if PASS == WEIGHT_GRADIENT
  c += ((size_t)GROUP_ID(2) * outChannels + group * groupOut) * columns;
  const int together = (columns & 3) == 0;
#else
  const int planes = PASS == FORWARD ? outChannels : inChannels;
  const int pixels = PASS == FORWARD ? outPixels : inPixels;
  const int together = (pixels & 3) == 0;  // then a run of 4 columns is in one image
  c += (size_t)GROUP_ID(2) * images * planes * pixels;
#endif
  UNROLL
  for (int j = 0; j < RUNS_N; j++) {
    const int x = column + item_column() + column_of(j);
    for (int lane = 0; lane < 4 && x + lane < columns; lane += together ? 4 : 1) {
#if PASS == WEIGHT_GRADIENT
      GLOBAL float* at = c + x + lane;
      const int pitch = columns;
#else
      const int image = (x + lane) / pixels;
      GLOBAL float* at = c + ((size_t)image * planes + group * rows) * pixels +
                         (x + lane - image * pixels);
      const int pitch = pixels;
#endif
      UNROLL
      for (int i = 0; i < ITEM_M; i++) {
        const int y = row + item_row() + row_of(i);
        if (y < rows) {
          float4 value = sum[i * RUNS_N + j];
#if PASS == FORWARD
          if (bias) value = value + bias[group * rows + y];
          value = at_least4(FLOOR(residual, activation), value);
#endif
          if (together) {
            STORE4(at + (size_t)y * pitch, value);
          } else {
            at[(size_t)y * pitch] =
                lane == 0 ? value.x : lane == 1 ? value.y : lane == 2 ? value.z : value.w;
          }
        }
      }
    }
  }
#if PASS == FORWARD
  if (LATE(residual, activation)) {
    ROLLED
    for (int e = 0; e < ITEM_M * ITEM_N; e++) {
      const int y = row + item_row() + row_of(e / ITEM_N);
      const int x = column + item_column() + column_of(e % ITEM_N / 4) + e % 4;
      if (y < rows && x < columns) {
        const int image = x / pixels;
        const size_t at =
            ((size_t)image * planes + group * rows + y) * pixels + (x - image * pixels);
        c[at] = finished(c[at], residual, at, activation);
      }
    }
  }
#endif
}
