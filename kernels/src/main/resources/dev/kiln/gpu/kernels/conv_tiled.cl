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
// (tile.h), store the next to the other half of local memory, one barrier.
//
// Launch   x = tiles of C, rows fastest; y = groups; z = splits of k, depth each (WEIGHT_GRADIENT
//              only): split s goes to C[s], [splits][outChannels][groupIn][taps]; split_sum adds up
// Local    2 * TILE_K * (TILE_M + TILE_N + 8) floats, for WEIGHT_GRADIENT 3 * TILE_N more
// Order    one sum per element, k ascending, fused multiply-adds; splits in order: the same bits on
//          every run
// Tunable  PASS 0, 1 or 2, in the order of the table
//          the tile: see tile.h; TILE_K divides WG, and TILE_N does where PASS < 2

#include "conv.h"
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
#else
#define K_OF_B(r) (LOCAL_ID(0) / TILE_N + (r) * (WG / TILE_N))
#define LINE_OF_B(r) (LOCAL_ID(0) % TILE_N)
#endif

#if COUNT_A * WG != TILE_M * TILE_K || COUNT_B * WG != TILE_N * TILE_K || WG % TILE_K != 0
#error "every work-item must load the same number of elements"
#endif

KERNEL(WG) conv_tiled(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                      GLOBAL const float* RESTRICT bias, GLOBAL float* RESTRICT c, CONV_EXTENTS,
                      DIVISOR(taps), DIVISOR(kernelWidth), DIVISOR(strideHeight),
                      DIVISOR(strideWidth), DIVISOR(outPixels), DIVISOR(outWidth), int depth) {
  LOCAL float tileA[2][TILE_K * PITCH_M];
  LOCAL float tileB[2][TILE_K * PITCH_N];

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
  // Where the tile's columns, (channel, tap), read relative to an output pixel.
  LOCAL int tapHeight[TILE_N];
  LOCAL int tapWidth[TILE_N];
  LOCAL int tapOffset[TILE_N];
  for (int line = LOCAL_ID(0); line < TILE_N; line += WG) {
    const int inside = column + line < columns;
    const int channel = inside ? (column + line) / taps : 0;
    const int tap = inside ? column + line - channel * taps : 0;
    const int h = tap / kernelWidth * dilationHeight;
    const int v = tap % kernelWidth * dilationWidth;
    tapHeight[line] = inside ? h : OUTSIDE;
    tapWidth[line] = v;
    tapOffset[line] = (group * groupIn + channel) * inPixels + h * inWidth + v;
  }
  BARRIER();
  const int firstA = (group * groupOut + row + LINE_OF_A(0)) * outPixels;
#else
  const int line = column + LINE_OF_B(0);
  const int lineInside = line < columns;
#if PASS == FORWARD
  const int image = lineInside ? line / outPixels : 0;
  const int pixel = line - image * outPixels;
  const int atHeight =
      lineInside ? pixel / outWidth * strideHeight - paddingHeight : -OUTSIDE;
  const int atWidth = pixel % outWidth * strideWidth - paddingWidth;
  const int firstA = (group * groupOut + row + LINE_OF_A(0)) * k;
  const int imageB = (image * inChannels + group * groupIn) * inPixels;
#else
  const int image = lineInside ? line / inPixels : 0;
  const int pixel = line - image * inPixels;
  const int atHeight = lineInside ? pixel / inWidth + paddingHeight : -OUTSIDE;
  const int atWidth = pixel % inWidth + paddingWidth;
  const int firstA = (group * groupOut * groupIn + row + LINE_OF_A(0)) * taps;
  const int imageB = (image * outChannels + group * groupOut) * outPixels;
#endif
#endif

  float4 sum[ITEM_M * RUNS_N];
  UNROLL
  for (int i = 0; i < ITEM_M * RUNS_N; i++) sum[i] = F4_ALL(0.0f);

  int present = 1;  // the half of local memory that the next strips are not stored to
  for (int at = kBegin - TILE_K; at < kEnd; at += TILE_K) {
    const int next = at + TILE_K;
    float heldA[COUNT_A];
    float heldB[COUNT_B];
    if (next < kEnd) {
      const int kA = next + K_OF_A;
#if PASS == WEIGHT_GRADIENT
      // A's k and B's k are the same pixel.
      const int image = DIVIDE(kA, outPixels);
      const int pixel = kA - image * outPixels;
      const int outRow = DIVIDE(pixel, outWidth);
      const int atHeight = outRow * strideHeight - paddingHeight;
      const int atWidth = (pixel - outRow * outWidth) * strideWidth - paddingWidth;
      const int dyAt = firstA + image * outChannels * outPixels + pixel;
      const int xAt = image * inChannels * inPixels + atHeight * inWidth + atWidth;
      UNROLL
      for (int r = 0; r < COUNT_A; r++) {
        const int apart = r * LINES_APART;
        heldA[r] = kA < kEnd && apart < linesA ? a[dyAt + apart * outPixels] : 0;
      }
      UNROLL
      for (int r = 0; r < COUNT_B; r++) {
        const int line = LINE_OF_B(r);
        const int inside = kA < kEnd && (uint)(atHeight + tapHeight[line]) < (uint)inHeight &&
                           (uint)(atWidth + tapWidth[line]) < (uint)inWidth;
        heldB[r] = inside ? b[xAt + tapOffset[line]] : 0;
      }
#else
#if PASS == FORWARD
      UNROLL
      for (int r = 0; r < COUNT_A; r++) {
        const int apart = r * LINES_APART;
        heldA[r] = kA < kEnd && apart < linesA ? a[firstA + apart * k + kA] : 0;
      }
#else
      // w is [groupOut][groupIn][tap] and k is (groupOut, tap): runs of taps.
      const int channelOfA = DIVIDE(kA, taps);
      const int weightAt = firstA + channelOfA * groupIn * taps + kA - channelOfA * taps;
      UNROLL
      for (int r = 0; r < COUNT_A; r++) {
        const int apart = r * LINES_APART;
        heldA[r] = kA < kEnd && apart < linesA ? a[weightAt + apart * taps] : 0;
      }
#endif
      UNROLL
      for (int r = 0; r < COUNT_B; r++) {
        const int kB = next + K_OF_B(r);
        const int channel = DIVIDE(kB, taps);
        const int tap = kB - channel * taps;
        const int i = DIVIDE(tap, kernelWidth);
        const int j = tap - i * kernelWidth;
#if PASS == FORWARD
        const int h = atHeight + i * dilationHeight;
        const int v = atWidth + j * dilationWidth;
        const int inside = kB < kEnd && (uint)h < (uint)inHeight && (uint)v < (uint)inWidth;
        heldB[r] = inside ? b[imageB + channel * inPixels + h * inWidth + v] : 0;
#else
        const int down = atHeight - i * dilationHeight;
        const int across = atWidth - j * dilationWidth;
        const int h = DIVIDE(IMAX(down, 0), strideHeight);
        const int v = DIVIDE(IMAX(across, 0), strideWidth);
        const int inside = kB < kEnd && h * strideHeight == down && v * strideWidth == across &&
                           h < outHeight && v < outWidth;
        heldB[r] = inside ? b[imageB + channel * outPixels + h * outWidth + v] : 0;
#endif
      }
#endif
    }
    if (at >= kBegin) {
      tile_product(tileA[present] + item_row(), tileB[present] + item_column(), sum);
    }
    present ^= 1;
    if (next < kEnd) {
      UNROLL
      for (int r = 0; r < COUNT_A; r++) tileA[present][K_OF_A * PITCH_M + LINE_OF_A(r)] = heldA[r];
      UNROLL
      for (int r = 0; r < COUNT_B; r++) {
        tileB[present][K_OF_B(r) * PITCH_N + LINE_OF_B(r)] = heldB[r];
      }
    }
    BARRIER();
  }

#if PASS == WEIGHT_GRADIENT
  c += ((size_t)GROUP_ID(2) * outChannels + group * groupOut) * columns;
  const int together = (columns & 3) == 0;
#else
  const int planes = PASS == FORWARD ? outChannels : inChannels;
  const int pixels = PASS == FORWARD ? outPixels : inPixels;
  const int together = (pixels & 3) == 0;  // then a run of 4 columns is in one image
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
          if (bias) value = value + bias[group * rows + y];
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
}
