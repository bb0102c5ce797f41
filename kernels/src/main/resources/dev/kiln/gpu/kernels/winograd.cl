// winograd — 3 x 3 convolutions of stride 1 as PRODUCTS matrix products of transformed tiles: what
// surrounds the products, which gemm computes (winograd.h)
//
//   forward, input gradient           M[p] [rows][tiles]  = U[p] [rows][channels] · V[p] [channels][tiles]
//   weight gradient                   U[p] [outChannels][inChannels] = M[p] · V[p]ᵀ
//
//   winograd_image             V from images            winograd_kernel            U from w
//   winograd_results           images from M            winograd_kernel_gradient   dw from U
//   winograd_results_gradient  M from images (dy)         winograd_results also adds bias and ends
//                                                         as epilogue.h says
//
//   A tile is RESULTS x RESULTS pixels of the results and sees POINTS x POINTS of the images, which
//   begin top, left before them. Images lie as [image][channel][height][width], V and M as
//   [PRODUCTS][channels][pitch], tiles counted image by image from firstImage on, row by row; from
//   tiles to pitch there are zeros in V and, for the weight gradient, in M.
//
// Launch   1-D, a work-item a tile and channel, tiles fastest; of U one a row and channel
// Tunable  RESULTS   2 or 4: see winograd.h
//          WG        work-group size

#include "epilogue.h"
#include "winograd.h"

// Declares this work-item's channel and tile and, where there is that tile, its place.
#define ENTER_TILE                                                          \
  const int channel = GLOBAL_ID(0) / pitch;                                 \
  const int tile = GLOBAL_ID(0) - channel * pitch;                          \
  if (channel >= channels) return;                                          \
  const int image = tile / (tilesDown * tilesAcross);                       \
  const int inImage = tile - image * tilesDown * tilesAcross;               \
  const int row = inImage / tilesAcross * RESULTS;                          \
  const int column = inImage % tilesAcross * RESULTS;                       \
  const size_t plane = ((size_t)(firstImage + image) * channels + channel) * height * width;

#define TILED_IMAGES                                                                         \
  int channels, int height, int width, int tilesDown, int tilesAcross, int firstImage,       \
      int tiles, int pitch

KERNEL(WG) winograd_image(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT v, int top,
                          int left, TILED_IMAGES) {
  ENTER_TILE
  float d[PRODUCTS];
  UNROLL
  for (int i = 0; i < POINTS; i++) {
    const int h = row - top + i;
    const int inRow = tile < tiles && h >= 0 && h < height;
    UNROLL
    for (int j = 0; j < POINTS; j++) {
      const int at = column - left + j;
      d[i * POINTS + j] = inRow && at >= 0 && at < width ? x[plane + h * width + at] : 0;
    }
  }
  UNROLL
  for (int j = 0; j < POINTS; j++) transform_image(d + j, POINTS);
  UNROLL
  for (int i = 0; i < POINTS; i++) transform_image(d + i * POINTS, 1);
  v += (size_t)channel * pitch + tile;
  UNROLL
  for (int p = 0; p < PRODUCTS; p++) v[(size_t)p * channels * pitch] = d[p];
}

// w: the kernel of row r and channel c begins at r * rowApart + c * channelApart; turned: backwards.
KERNEL(WG) winograd_kernel(GLOBAL const float* RESTRICT w, GLOBAL float* RESTRICT u, int rows,
                           int channels, int rowApart, int channelApart, int turned) {
  const int row = GLOBAL_ID(0) / channels;
  const int channel = GLOBAL_ID(0) - row * channels;
  if (row >= rows) return;
  w += (size_t)row * rowApart + (size_t)channel * channelApart;
  float g[9];
  UNROLL
  for (int i = 0; i < 9; i++) g[i] = w[turned ? 8 - i : i];
  float lines[POINTS * 3];
  UNROLL
  for (int j = 0; j < 3; j++) transform_kernel(g + j, 3, lines + j, 3);
  float full[PRODUCTS];
  UNROLL
  for (int i = 0; i < POINTS; i++) transform_kernel(lines + i * 3, 1, full + i * POINTS, 1);
  u += GLOBAL_ID(0);
  UNROLL
  for (int p = 0; p < PRODUCTS; p++) u[(size_t)p * rows * channels] = full[p];
}

KERNEL(WG) winograd_results(GLOBAL const float* RESTRICT m, GLOBAL const float* RESTRICT bias,
                            GLOBAL const float* RESTRICT residual, GLOBAL float* RESTRICT y,
                            int activation, TILED_IMAGES) {
  ENTER_TILE
  if (tile >= tiles) return;
  float full[PRODUCTS];
  m += (size_t)channel * pitch + tile;
  UNROLL
  for (int p = 0; p < PRODUCTS; p++) full[p] = m[(size_t)p * channels * pitch];
  float lines[RESULTS * POINTS];
  UNROLL
  for (int j = 0; j < POINTS; j++) transform_results(full + j, POINTS, lines + j, POINTS);
  const float more = bias ? bias[channel] : 0;
  const float low = FLOOR(residual, activation);
  UNROLL
  for (int i = 0; i < RESULTS; i++) {
    float result[RESULTS];
    transform_results(lines + i * POINTS, 1, result, 1);
#if RESULTS == 4
    if ((width & 3) == 0) {
      if (row + i < height) {
        STORE4(y + plane + (row + i) * width + column,
               at_least4(low, F4(result[0], result[1], result[2], result[3]) + more));
      }
      continue;
    }
#endif
    UNROLL
    for (int j = 0; j < RESULTS; j++) {
      if (row + i < height && column + j < width) {
        y[plane + (row + i) * width + column + j] = at_least(low, result[j] + more);
      }
    }
  }
  if (LATE(residual, activation)) {
    ROLLED
    for (int e = 0; e < RESULTS * RESULTS; e++) {
      const int h = row + e / RESULTS;
      const int v = column + e % RESULTS;
      if (h < height && v < width) {
        const size_t at = plane + h * width + v;
        y[at] = finished(y[at], residual, at, activation);
      }
    }
  }
}

KERNEL(WG) winograd_results_gradient(GLOBAL const float* RESTRICT dy, GLOBAL float* RESTRICT m,
                                     TILED_IMAGES) {
  ENTER_TILE
  float lines[POINTS * RESULTS];
  UNROLL
  for (int j = 0; j < RESULTS; j++) {
    float d[RESULTS];
    UNROLL
    for (int i = 0; i < RESULTS; i++) {
      const int inside = tile < tiles && row + i < height && column + j < width;
      d[i] = inside ? dy[plane + (row + i) * width + column + j] : 0;
    }
    transform_results_back(d, 1, lines + j, RESULTS);
  }
  m += (size_t)channel * pitch + tile;
  UNROLL
  for (int i = 0; i < POINTS; i++) {
    float d[POINTS];
    transform_results_back(lines + i * RESULTS, 1, d, 1);
    UNROLL
    for (int j = 0; j < POINTS; j++) m[(size_t)(i * POINTS + j) * channels * pitch] = d[j];
  }
}

// count: kernels of dw, [count][3][3]; more: they are added to what dw has.
KERNEL(WG) winograd_kernel_gradient(GLOBAL const float* RESTRICT u, GLOBAL float* RESTRICT dw,
                                    int count, int more) {
  if (GLOBAL_ID(0) >= count) return;
  u += GLOBAL_ID(0);
  dw += (size_t)GLOBAL_ID(0) * 9;
  float lines[3 * POINTS];
  UNROLL
  for (int j = 0; j < POINTS; j++) {
    float full[POINTS];
    UNROLL
    for (int i = 0; i < POINTS; i++) full[i] = u[(size_t)(i * POINTS + j) * count];
    transform_kernel_back(full, 1, lines + j, POINTS);
  }
  UNROLL
  for (int i = 0; i < 3; i++) {
    float g[3];
    transform_kernel_back(lines + i * POINTS, 1, g, 1);
    UNROLL
    for (int j = 0; j < 3; j++) dw[i * 3 + j] = more ? dw[i * 3 + j] + g[j] : g[j];
  }
}
