// conv_cpu — convolution and its two gradients for CPUs behind OpenCL
//
// Work-items are few and large, a group is one of them, and the vectors are explicit. Three steps:
//
//   1. pad_planes or spread_planes copies each plane of the input with its padding, so that no
//      later loop asks whether a pixel exists. A stride sorts the plane into strideHeight *
//      strideWidth phases: whatever the stride, neighbouring outputs then read neighbours.
//
//          padded [plane][phase][rows][pitch]      pitch = LANES * chunks + the widest tap: a vector
//                                                  that begins in a row ends in it, in zeros
//   2. tap_offsets tells where each (channel, tap) lies from there; pack_weights puts the weights of
//      ROWS output channels side by side:  packed [group][block][channel, tap][ROWS]
//   3. conv_cpu:                    y[channel][chunk] += packed[channel] * padded[chunk + offset],
//                                   plus bias, then residual and activation: epilogue.h
//      conv_cpu_weight_gradient:    dw[channel][tap]  += dy[channel][chunk] * padded[chunk + offset]
//
// The input gradient is the convolution of dy, spread out by the stride, with the weights turned
// around, their channels swapped.
//
// Launch   one work-item a group, WG = 1; what a group does stands at each kernel
// Order    conv_cpu: taps ascending; the weight gradient: each lane over images, rows, chunks, then
//          the lanes by halves: the same bits on every run
// Tunable  LANES   floats in a vector, 16 or 8
//          ROWS    output channels computed together; ROWS * 2 + 3 vectors want registers
//          LINES   of the weight gradient: output channels together; and
//          TAPS    taps together; LINES * TAPS + LINES + 1 vectors want registers

#include "conv.h"
#include "epilogue.h"
#include "wide.h"

// A group copies a plane, from firstPlane on. top and left: padding, negative to leave out.
KERNEL(WG) pad_planes(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT padded, int firstPlane,
                      int height, int width, int top, int left, int strideHeight, int strideWidth,
                      int rows, int pitch) {
  const size_t plane = GROUP_ID(0);
  GLOBAL const float* from = x + (firstPlane + plane) * height * width;
  GLOBAL float* to = padded + plane * strideHeight * strideWidth * rows * pitch;
  for (int i = 0; i < strideHeight; i++) {
    for (int j = 0; j < strideWidth; j++) {
      for (int row = 0; row < rows; row++, to += pitch) {
        const int h = row * strideHeight + i - top;
        const int inside = h >= 0 && h < height;
        // The columns of this row that the plane has.
        const int begin = IMIN(pitch, IMAX(0, (left - j + strideWidth - 1) / strideWidth));
        const int end =
            inside ? IMIN(pitch, IMAX(begin, (width + left - j + strideWidth - 1) / strideWidth))
                   : begin;
        for (int v = 0; v < begin; v++) to[v] = 0;
        if (strideWidth == 1) {
          for (int v = begin; v < end; v++) to[v] = from[h * width - left + v];
        } else {
          for (int v = begin; v < end; v++) {
            to[v] = from[h * width - left + j + v * strideWidth];
          }
        }
        for (int v = end; v < pitch; v++) to[v] = 0;
      }
    }
  }
}

// A group spreads a plane of dy: its pixels strideHeight, strideWidth apart, zeros between.
KERNEL(WG) spread_planes(GLOBAL const float* RESTRICT dy, GLOBAL float* RESTRICT padded,
                         int firstPlane, int height, int width, int top, int left, int strideHeight,
                         int strideWidth, int rows, int pitch) {
  const size_t plane = GROUP_ID(0);
  GLOBAL const float* from = dy + (firstPlane + plane) * height * width;
  GLOBAL float* to = padded + plane * rows * pitch;
  for (int row = 0; row < rows; row++, to += pitch) {
    for (int v = 0; v < pitch; v++) to[v] = 0;
    const int h = (row - top) / strideHeight;
    if (row < top || h * strideHeight != row - top || h >= height) continue;
    for (int v = left < 0 ? (-left + strideWidth - 1) / strideWidth : 0; v < width; v++) {
      const int at = left + v * strideWidth;
      if (at < pitch) to[at] = from[h * width + v];
    }
  }
}

// One group: offsets[channel, tap] into the padded planes of an image.
KERNEL(WG) tap_offsets(GLOBAL int* offsets, int channels, int kernelHeight, int kernelWidth,
                       int strideHeight, int strideWidth, int dilationHeight, int dilationWidth,
                       int rows, int pitch) {
  for (int channel = 0; channel < channels; channel++) {
    for (int i = 0; i < kernelHeight; i++) {
      for (int j = 0; j < kernelWidth; j++) {
        const int h = i * dilationHeight;
        const int v = j * dilationWidth;
        const int phase = (channel * strideHeight + h % strideHeight) * strideWidth + v % strideWidth;
        *offsets++ = (phase * rows + h / strideHeight) * pitch + v / strideWidth;
      }
    }
  }
}

// A group packs a block of ROWS output channels of w, or, turned, of ROWS input channels with the
// taps in reverse.
KERNEL(WG) pack_weights(GLOBAL const float* RESTRICT w, GLOBAL float* RESTRICT packed, int groupOut,
                        int groupIn, int taps, int turned) {
  const int rows = turned ? groupIn : groupOut;
  const int channels = turned ? groupOut : groupIn;
  const int blocks = (rows + ROWS - 1) / ROWS;
  const int group = GROUP_ID(0) / blocks;
  const int row = GROUP_ID(0) % blocks * ROWS;
  GLOBAL float* to = packed + (size_t)GROUP_ID(0) * channels * taps * ROWS;
  w += (size_t)group * groupOut * groupIn * taps;
  for (int channel = 0; channel < channels; channel++) {
    for (int tap = 0; tap < taps; tap++) {
      for (int r = 0; r < ROWS; r++, to++) {
        if (row + r >= rows) {
          *to = 0;
        } else if (turned) {
          *to = w[((size_t)channel * groupIn + row + r) * taps + taps - 1 - tap];
        } else {
          *to = w[((size_t)(row + r) * groupIn + channel) * taps + tap];
        }
      }
    }
  }
}

// A group computes ROWS channels of one image, from firstImage on, two chunks of LANES pixels at a time. Rows of the
// image are written in order, so where a row is narrower than a vector, what spills into the next
// row is overwritten; where it is wider, its last chunk begins earlier and writes some pixels twice.
KERNEL(WG) conv_cpu(GLOBAL const float* RESTRICT padded, GLOBAL const float* RESTRICT packed,
                    GLOBAL const int* RESTRICT offsets, GLOBAL const float* RESTRICT bias,
                    GLOBAL const float* RESTRICT residual, GLOBAL float* RESTRICT y, int firstImage,
                    int groups, int groupOut, int depth, int height, int width, int pitch,
                    int imageFloats, int activation) {
  const int blocks = (groupOut + ROWS - 1) / ROWS;
  const int block = GROUP_ID(0) % blocks;
  const int group = GROUP_ID(0) / blocks % groups;
  const size_t image = GROUP_ID(0) / blocks / groups;
  const int channel = group * groupOut + block * ROWS;
  const int rows = IMIN(ROWS, groupOut - block * ROWS);
  const int pixels = height * width;
  padded += image * imageFloats + (size_t)group * (imageFloats / groups);
  packed += ((size_t)group * blocks + block) * depth * ROWS;
  const size_t start = ((firstImage + image) * groups * groupOut + channel) * pixels;
  GLOBAL float* to = y + start;
  const float low = FLOOR(residual, activation);

  const int chunks = (width + LANES - 1) / LANES;
  const int last = height * chunks - 1;
  for (int chunk = 0; chunk <= last; chunk += 2) {
    const int h0 = chunk / chunks;
    const int h1 = IMIN(chunk + 1, last) / chunks;
    const int v0 = IMAX(0, IMIN(chunk % chunks * LANES, width - LANES));
    const int v1 = IMAX(0, IMIN(IMIN(chunk + 1, last) % chunks * LANES, width - LANES));
    GLOBAL const float* at0 = padded + h0 * pitch + v0;
    GLOBAL const float* at1 = padded + h1 * pitch + v1;
    WIDE sum0[ROWS];
    WIDE sum1[ROWS];
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      sum0[r] = sum1[r] = (WIDE)(bias && r < rows ? bias[channel + r] : 0.0f);
    }
    for (int k = 0; k < depth; k++) {
      const WIDE x0 = LOAD_WIDE(at0 + offsets[k]);
      const WIDE x1 = LOAD_WIDE(at1 + offsets[k]);
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        const WIDE w = (WIDE)packed[(size_t)k * ROWS + r];
        sum0[r] = fma(w, x0, sum0[r]);
        sum1[r] = fma(w, x1, sum1[r]);
      }
    }
    const int to0 = h0 * width + v0;
    const int to1 = h1 * width + v1;
    // Not past the plane's end: what lies there is another group's.
    const int lanes0 = h0 + 1 < height ? LANES : IMIN(LANES, width);
    const int lanes1 = h1 + 1 < height ? LANES : IMIN(LANES, width);
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      if (r < rows) {
        GLOBAL float* plane = to + (size_t)r * pixels;
        store_lanes(plane + to0, lanes_at_least(low, sum0[r]), IMIN(lanes0, pixels - to0));
        store_lanes(plane + to1, lanes_at_least(low, sum1[r]), IMIN(lanes1, pixels - to1));
      }
    }
  }
  if (LATE(residual, activation)) finish_run(y, residual, start, rows * pixels, activation);
}

// A group computes LINES output channels by TAPS (channel, tap). dy is padded to whole chunks too:
// [image][channel][height][chunks * LANES], zeros behind each row.
KERNEL(WG) conv_cpu_weight_gradient(GLOBAL const float* RESTRICT dy,
                                    GLOBAL const float* RESTRICT padded,
                                    GLOBAL const int* RESTRICT offsets, GLOBAL float* RESTRICT dw,
                                    int images, int groups, int groupOut, int depth, int height,
                                    int chunks, int pitch, int imageFloats, int accumulate) {
  const int across = (depth + TAPS - 1) / TAPS;
  const int down = (groupOut + LINES - 1) / LINES;
  const int tap = GROUP_ID(0) % across * TAPS;
  const int line = GROUP_ID(0) / across % down * LINES;
  const int group = GROUP_ID(0) / across / down;
  const size_t plane = (size_t)height * chunks * LANES;

  WIDE sum[LINES][TAPS];
  size_t from[LINES];
  int offset[TAPS];
  UNROLL
  for (int i = 0; i < LINES; i++) {
    from[i] = (group * groupOut + IMIN(line + i, groupOut - 1)) * plane;
    UNROLL
    for (int j = 0; j < TAPS; j++) sum[i][j] = (WIDE)(0.0f);
  }
  UNROLL
  for (int j = 0; j < TAPS; j++) offset[j] = offsets[IMIN(tap + j, depth - 1)];

  for (int image = 0; image < images; image++) {
    GLOBAL const float* d = dy + (size_t)image * groups * groupOut * plane;
    GLOBAL const float* p =
        padded + (size_t)image * imageFloats + (size_t)group * (imageFloats / groups);
    for (int h = 0; h < height; h++, p += pitch) {
      for (int v = 0; v < chunks * LANES; v += LANES, d += LANES) {
        WIDE g[LINES];
        UNROLL
        for (int i = 0; i < LINES; i++) g[i] = LOAD_WIDE(d + from[i]);
        UNROLL
        for (int j = 0; j < TAPS; j++) {
          const WIDE x = LOAD_WIDE(p + v + offset[j]);
          UNROLL
          for (int i = 0; i < LINES; i++) sum[i][j] = fma(g[i], x, sum[i][j]);
        }
      }
    }
  }

  UNROLL
  for (int i = 0; i < LINES; i++) {
    UNROLL
    for (int j = 0; j < TAPS; j++) {
      if (line + i < groupOut && tap + j < depth) {
        GLOBAL float* to = dw + (size_t)(group * groupOut + line + i) * depth + tap + j;
        *to = (accumulate ? *to : 0.0f) + sum_lanes(sum[i][j]);
      }
    }
  }
}
