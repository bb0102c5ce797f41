// winograd_cpu — 3 x 3 convolutions of stride 1 for CPUs behind OpenCL: rows of an image are
// transformed, not columns as well (winograd.h), so that vectors run along rows as they lie
//
//   Six rows of an image become six others, and four rows of results come from six rows of products.
//   What is between is a convolution with a kernel of 1 x 3 in POINTS groups, which conv_cpu.cl
//   computes: group p makes the results' row p of every tile from the images' row p.
//
//     winograd_rows      padded   [image][p][channel][tilesDown][pitch]   from images
//     winograd_taps      u        [p][row][channel][3]                    from w
//     winograd_results   y        [image][row][height][width]             from [image][p][row][tilesDown][width]
//
//   The weight gradient is that of the convolution between, from images and dy transformed:
//   winograd_results_gradient before it, winograd_taps_gradient after it.
//
// Launch   one work-item a group, WG = 1; what a group does stands at each kernel
// Tunable  LANES     floats in a vector, 16 or 8
//          RESULTS   4: rows of a tile

#include "epilogue.h"
#include "wide.h"

#define ELEMENT WIDE
#define ADD_PRODUCT(a, b, c) fma((WIDE)(a), b, c)
#include "winograd.h"

// A group transforms a plane, from firstPlane on, and pads its rows: left columns, zeros behind.
KERNEL(WG) winograd_rows(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT padded,
                         int firstPlane, int channels, int height, int width, int top, int left,
                         int tilesDown, int pitch) {
  const size_t image = GROUP_ID(0) / channels;
  const size_t channel = GROUP_ID(0) % channels;
  const size_t apart = (size_t)channels * tilesDown * pitch;  // from one p to the next
  x += (size_t)(firstPlane + GROUP_ID(0)) * height * width;
  padded += image * POINTS * apart + channel * tilesDown * pitch;
  for (int tile = 0; tile < tilesDown; tile++, padded += pitch) {
    for (int v = 0; v < left; v++) {
      UNROLL
      for (int p = 0; p < POINTS; p++) padded[p * apart + v] = 0;
    }
    for (int v = IMAX(0, left); v < pitch; v += LANES) {
      const int column = v - left;
      WIDE d[POINTS];
      UNROLL
      for (int i = 0; i < POINTS; i++) {
        const int h = tile * RESULTS - top + i;
        d[i] = h >= 0 && h < height && column < width
                   ? load_lanes(x + h * width + column, IMIN(LANES, width - column))
                   : (WIDE)(0.0f);
      }
      if (column < width) transform_image(d, 1);
      UNROLL
      for (int p = 0; p < POINTS; p++) {
        store_lanes(padded + p * apart + v, d[p], IMIN(LANES, pitch - v));
      }
    }
  }
}

// A group transforms the kernels of a row: that of channel c begins at row * rowApart +
// c * channelApart; turned: it is read backwards.
KERNEL(WG) winograd_taps(GLOBAL const float* RESTRICT w, GLOBAL float* RESTRICT u, int channels,
                         int rowApart, int channelApart, int turned) {
  const size_t row = GROUP_ID(0);
  const size_t apart = (size_t)GROUP_COUNT(0) * channels * 3;
  w += row * rowApart;
  u += row * channels * 3;
  for (int channel = 0; channel < channels; channel++, w += channelApart, u += 3) {
    WIDE g[3];
    UNROLL
    for (int i = 0; i < 3; i++) {
      g[i] = load_lanes(w + 3 * (turned ? 2 - i : i), 3);
      if (turned) g[i].s02 = g[i].s20;
    }
    WIDE full[POINTS];
    transform_kernel(g, 1, full, 1);
    UNROLL
    for (int p = 0; p < POINTS; p++) store_lanes(u + p * apart, full[p], 3);
  }
}

// A group makes a plane of results, with their bias and end (epilogue.h). Where rows are wider than a vector, the last one of a row begins
// earlier and writes some results twice; where they are narrower, it reads past them in m, which has
// LANES floats more.
KERNEL(WG) winograd_results(GLOBAL const float* RESTRICT m, GLOBAL const float* RESTRICT bias,
                            GLOBAL const float* RESTRICT residual, GLOBAL float* RESTRICT y,
                            int firstPlane, int rows, int height, int width, int tilesDown,
                            int activation) {
  const size_t image = GROUP_ID(0) / rows;
  const size_t row = GROUP_ID(0) % rows;
  const size_t apart = (size_t)rows * tilesDown * width;
  m += image * POINTS * apart + row * tilesDown * width;
  const size_t start = (size_t)(firstPlane + GROUP_ID(0)) * height * width;
  GLOBAL float* to = y + start;
  const float more = bias ? bias[row] : 0.0f;
  const float low = FLOOR(residual, activation);
  for (int tile = 0; tile < tilesDown; tile++, m += width) {
    for (int v = 0; v < width; v += LANES) {
      const int column = IMAX(0, IMIN(v, width - LANES));
      WIDE products[POINTS];
      UNROLL
      for (int p = 0; p < POINTS; p++) products[p] = LOAD_WIDE(m + p * apart + column);
      WIDE result[RESULTS];
      transform_results(products, 1, result, 1);
      UNROLL
      for (int i = 0; i < RESULTS; i++) {
        const int h = tile * RESULTS + i;
        if (h < height) {
          store_lanes(to + h * width + column, lanes_at_least(low, result[i] + more),
                      IMIN(LANES, width));
        }
      }
    }
  }
  if (LATE(residual, activation)) finish_run(y, residual, start, height * width, activation);
}

// A group transforms a plane of dy: to [image][p][row][tilesDown][pitch], a whole number of vectors,
// zeros behind each row.
KERNEL(WG) winograd_results_gradient(GLOBAL const float* RESTRICT dy, GLOBAL float* RESTRICT padded,
                                     int firstPlane, int rows, int height, int width, int tilesDown,
                                     int pitch) {
  const size_t image = GROUP_ID(0) / rows;
  const size_t row = GROUP_ID(0) % rows;
  const size_t apart = (size_t)rows * tilesDown * pitch;
  dy += (size_t)(firstPlane + GROUP_ID(0)) * height * width;
  padded += image * POINTS * apart + row * tilesDown * pitch;
  for (int tile = 0; tile < tilesDown; tile++, padded += pitch) {
    for (int v = 0; v < pitch; v += LANES) {
      WIDE result[RESULTS];
      UNROLL
      for (int i = 0; i < RESULTS; i++) {
        const int h = tile * RESULTS + i;
        result[i] = h < height ? load_lanes(dy + h * width + v, IMIN(LANES, width - v))
                               : (WIDE)(0.0f);
      }
      WIDE d[POINTS];
      transform_results_back(result, 1, d, 1);
      UNROLL
      for (int p = 0; p < POINTS; p++) STORE_WIDE(padded + p * apart + v, d[p]);
    }
  }
}

// A group makes the gradients of a row's kernels, dw [row][channel][3][3], from u [p][row][channel][3].
KERNEL(WG) winograd_taps_gradient(GLOBAL const float* RESTRICT u, GLOBAL float* RESTRICT dw,
                                  int channels) {
  const size_t row = GROUP_ID(0);
  const size_t apart = (size_t)GROUP_COUNT(0) * channels * 3;
  u += row * channels * 3;
  dw += row * channels * 9;
  for (int channel = 0; channel < channels; channel++, u += 3, dw += 9) {
    WIDE full[POINTS];
    UNROLL
    for (int p = 0; p < POINTS; p++) full[p] = load_lanes(u + p * apart, 3);
    WIDE g[3];
    transform_kernel_back(full, 1, g, 1);
    UNROLL
    for (int i = 0; i < 3; i++) store_lanes(dw + 3 * i, g[i], 3);
  }
}
