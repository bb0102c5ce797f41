// conv_depthwise — depthwise convolution and its two gradients for CPUs behind OpenCL
//
// Each output channel sees one input channel: outChannels = multiplier * inChannels. A plane of
// results is a weighted sum of shifted planes. To make each of these one long run of vectors, a
// work-item lays its plane out anew, in a slot of workspace that stays in its cache:
//
//   padded   [strideHeight * strideWidth phases][rows][pitch]
//            element (r, q) of phase (i, j) is pixel (r * strideHeight + i - paddingHeight, …):
//            whatever the stride, neighbouring outputs read neighbours. pitch = outWidth + the
//            widest shift, so that what a run reads past a row's end is padding
//   spread   outputs at the same pitch, zeros at the ends of rows and around
//
//   depthwise_forward           y      = sum over taps of w[tap] * padded from the tap's place on,
//                               plus bias, then residual and activation: epilogue.h
//   depthwise_input_gradient    padded = sum over taps of w[tap] * spread, shifted the other way;
//                               each phase has taps of its own, so none meets a zero in between
//   depthwise_weight_gradient   dw[tap] = padded from the tap's place on, times spread
//
// Launch   groups of one work-item, any number; each takes planes (or, for the weight gradient,
//          output channels) in steps of the number of groups, and has `slot` floats of workspace
// Order    taps ascending; the weight gradient: each lane over images and pixels, then the lanes by
//          halves: the same bits on every run
// Tunable  LANES      floats in a vector, 16 or 8
//          MAX_TAPS   the largest kernel

#include "conv.h"
#include "epilogue.h"
#include "wide.h"

#define BLOCK (4 * LANES)

// Elements up to here, and what makes them whole blocks.
#define WHOLE(n) (((n) + BLOCK - 1) / BLOCK * BLOCK)

DEVICE_FN void zero(GLOBAL float* to, int count) {
  for (int i = 0; i < count; i++) to[i] = 0;
}

// to[0 .. n) += sum of weights[t] * from[places[t] .. places[t] + n), whole blocks of it.
DEVICE_FN void add_shifted(GLOBAL const float* from, const int* places, const float* weights,
                           int taps, GLOBAL float* to, int n) {
  for (int i = 0; i < n; i += BLOCK) {
    WIDE a = LOAD_WIDE(to + i);
    WIDE b = LOAD_WIDE(to + i + LANES);
    WIDE c = LOAD_WIDE(to + i + 2 * LANES);
    WIDE d = LOAD_WIDE(to + i + 3 * LANES);
    for (int t = 0; t < taps; t++) {
      const WIDE w = (WIDE)weights[t];
      GLOBAL const float* x = from + places[t] + i;
      a = fma(w, LOAD_WIDE(x), a);
      b = fma(w, LOAD_WIDE(x + LANES), b);
      c = fma(w, LOAD_WIDE(x + 2 * LANES), c);
      d = fma(w, LOAD_WIDE(x + 3 * LANES), d);
    }
    STORE_WIDE(to + i, a);
    STORE_WIDE(to + i + LANES, b);
    STORE_WIDE(to + i + 2 * LANES, c);
    STORE_WIDE(to + i + 3 * LANES, d);
  }
}

// Where a phase's columns q begin and end that the plane has, and the pixel that column 0 would be.
#define PHASE_COLUMNS(phase)                                                                  \
  const int left = paddingWidth - (phase) % strideWidth;                                      \
  const int begin = IMIN(pitch, IMAX(0, (left + strideWidth - 1) / strideWidth));             \
  const int end =                                                                             \
      IMIN(pitch, IMAX(begin, (inWidth + left + strideWidth - 1) / strideWidth));

#define PHASE_ROW(phase, r) ((r)*strideHeight + (phase) / strideWidth - paddingHeight)

DEVICE_FN void pad_plane(GLOBAL const float* x, GLOBAL float* to, int inHeight, int inWidth,
                         int strideHeight, int strideWidth, int paddingHeight, int paddingWidth,
                         int rows, int pitch) {
  for (int phase = 0; phase < strideHeight * strideWidth; phase++) {
    PHASE_COLUMNS(phase)
    for (int r = 0; r < rows; r++, to += pitch) {
      const int h = PHASE_ROW(phase, r);
      if (h < 0 || h >= inHeight) {
        zero(to, pitch);
        continue;
      }
      GLOBAL const float* from = x + h * inWidth - left;
      for (int q = 0; q < begin; q++) to[q] = 0;
      if (strideWidth == 1) {
        for (int q = begin; q < end; q++) to[q] = from[q];
      } else {
        for (int q = begin; q < end; q++) to[q] = from[q * strideWidth];
      }
      for (int q = end; q < pitch; q++) to[q] = 0;
    }
  }
}

// Puts one phase of a gradient back into its plane.
DEVICE_FN void unpad_phase(GLOBAL const float* from, int phase, GLOBAL float* dx, int inHeight,
                           int inWidth, int strideHeight, int strideWidth, int paddingHeight,
                           int paddingWidth, int rows, int pitch) {
  PHASE_COLUMNS(phase)
  for (int r = 0; r < rows; r++, from += pitch) {
    const int h = PHASE_ROW(phase, r);
    if (h < 0 || h >= inHeight) continue;
    GLOBAL float* to = dx + h * inWidth - left;
    if (strideWidth == 1) {
      for (int q = begin; q < end; q++) to[q] = from[q];
    } else {
      for (int q = begin; q < end; q++) to[q * strideWidth] = from[q];
    }
  }
}

// A plane of outputs, with zeros at the ends of rows and up to size.
DEVICE_FN void spread_plane(GLOBAL const float* dy, GLOBAL float* to, int outHeight, int outWidth,
                            int pitch, int size) {
  for (int row = 0; row < outHeight; row++) {
    for (int v = 0; v < outWidth; v++) to[row * pitch + v] = dy[row * outWidth + v];
    for (int v = outWidth; v < pitch; v++) to[row * pitch + v] = 0;
  }
  zero(to + outHeight * pitch, size - outHeight * pitch);
}

// The phase of a tap, and how far from an output's place it lies there.
DEVICE_FN int tap_phase(int tap, int kernelWidth, int strideHeight, int strideWidth,
                        int dilationHeight, int dilationWidth) {
  return tap / kernelWidth * dilationHeight % strideHeight * strideWidth +
         tap % kernelWidth * dilationWidth % strideWidth;
}

DEVICE_FN int tap_shift(int tap, int kernelWidth, int strideHeight, int strideWidth,
                        int dilationHeight, int dilationWidth, int pitch) {
  return tap / kernelWidth * dilationHeight / strideHeight * pitch +
         tap % kernelWidth * dilationWidth / strideWidth;
}

#define TAP_PHASE(tap) \
  tap_phase(tap, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth)
#define TAP_SHIFT(tap) \
  tap_shift(tap, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, pitch)
#define PLANE_ARGUMENTS                                                                          \
  inHeight, inWidth, strideHeight, strideWidth, paddingHeight, paddingWidth, rows, pitch

// Slot: the padded plane and a run more, then a run of sums.
KERNEL(WG) depthwise_forward(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT w,
                             GLOBAL const float* RESTRICT bias,
                             GLOBAL const float* RESTRICT residual, GLOBAL float* RESTRICT y,
                             GLOBAL float* RESTRICT workspace, CONV_EXTENTS, int rows, int pitch,
                             int slot, int activation) {
  const int taps = kernelHeight * kernelWidth;
  const int multiplier = outChannels / inChannels;
  const int run = WHOLE(outHeight * pitch);
  const int padded = strideHeight * strideWidth * rows * pitch;
  const float low = FLOOR(residual, activation);
  GLOBAL float* plane = workspace + (size_t)GROUP_ID(0) * slot;
  GLOBAL float* sums = plane + padded + run;
  int places[MAX_TAPS];
  float weights[MAX_TAPS];
  for (int tap = 0; tap < taps; tap++) {
    places[tap] = TAP_PHASE(tap) * rows * pitch + TAP_SHIFT(tap);
  }
  zero(plane + padded, run);
  for (int p = GROUP_ID(0); p < images * outChannels; p += GROUP_COUNT(0)) {
    const int channel = p % outChannels;
    const size_t source = (size_t)(p / outChannels) * inChannels + channel / multiplier;
    pad_plane(x + source * inHeight * inWidth, plane, PLANE_ARGUMENTS);
    for (int tap = 0; tap < taps; tap++) weights[tap] = w[channel * taps + tap];
    const float start = bias ? bias[channel] : 0;
    for (int i = 0; i < run; i++) sums[i] = start;
    add_shifted(plane, places, weights, taps, sums, run);
    const size_t at = (size_t)p * outHeight * outWidth;
    GLOBAL float* to = y + at;
    for (int row = 0; row < outHeight; row++) {
      for (int v = 0; v < outWidth; v++) {
        to[row * outWidth + v] = at_least(low, sums[row * pitch + v]);
      }
    }
    if (LATE(residual, activation)) {
      finish_run(y, residual, at, outHeight * outWidth, activation);
    }
  }
}

// Slot: for each of the multiplier's channels `reach` zeros, its outputs and zeros, all together
// reach + WHOLE(rows * pitch); then as much as a phase of sums. reach is the largest shift.
KERNEL(WG) depthwise_input_gradient(GLOBAL const float* RESTRICT dy,
                                    GLOBAL const float* RESTRICT w, GLOBAL float* RESTRICT dx,
                                    GLOBAL float* RESTRICT workspace, CONV_EXTENTS, int rows,
                                    int pitch, int slot) {
  const int taps = kernelHeight * kernelWidth;
  const int multiplier = outChannels / inChannels;
  const int run = WHOLE(rows * pitch);
  const int reach = TAP_SHIFT(taps - 1);
  const int size = reach + run;
  GLOBAL float* spread = workspace + (size_t)GROUP_ID(0) * slot;
  GLOBAL float* sums = spread + multiplier * size;
  int places[MAX_TAPS];
  float weights[MAX_TAPS];
  for (int p = GROUP_ID(0); p < images * inChannels; p += GROUP_COUNT(0)) {
    const int channel = p % inChannels * multiplier;
    const size_t source = (size_t)(p / inChannels) * outChannels + channel;
    for (int o = 0; o < multiplier; o++) {
      zero(spread + o * size, reach);
      spread_plane(dy + (source + o) * outHeight * outWidth, spread + o * size + reach, outHeight,
                   outWidth, pitch, run);
    }
    GLOBAL float* to = dx + (size_t)p * inHeight * inWidth;
    zero(to, inHeight * inWidth);
    for (int phase = 0; phase < strideHeight * strideWidth; phase++) {
      int count = 0;
      for (int i = 0; i < run; i++) sums[i] = 0;
      for (int o = 0; o < multiplier; o++) {
        count = 0;
        for (int tap = 0; tap < taps; tap++) {
          if (TAP_PHASE(tap) == phase) {
            weights[count] = w[(channel + o) * taps + tap];
            places[count++] = reach - TAP_SHIFT(tap);
          }
        }
        add_shifted(spread + o * size, places, weights, count, sums, run);
      }
      if (count > 0) unpad_phase(sums, phase, to, PLANE_ARGUMENTS);
    }
  }
}

// Slot: as for the forward pass.
KERNEL(WG) depthwise_weight_gradient(GLOBAL const float* RESTRICT dy,
                                     GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT dw,
                                     GLOBAL float* RESTRICT workspace, CONV_EXTENTS, int rows,
                                     int pitch, int slot) {
  const int taps = kernelHeight * kernelWidth;
  const int multiplier = outChannels / inChannels;
  const int run = WHOLE(outHeight * pitch);
  const int padded = strideHeight * strideWidth * rows * pitch;
  GLOBAL float* plane = workspace + (size_t)GROUP_ID(0) * slot;
  GLOBAL float* spread = plane + padded + run;
  int places[MAX_TAPS];
  for (int tap = 0; tap < taps; tap++) {
    places[tap] = TAP_PHASE(tap) * rows * pitch + TAP_SHIFT(tap);
  }
  zero(plane + padded, run);
  for (int channel = GROUP_ID(0); channel < outChannels; channel += GROUP_COUNT(0)) {
    WIDE sums[MAX_TAPS];
    for (int tap = 0; tap < taps; tap++) sums[tap] = (WIDE)0.0f;
    for (int image = 0; image < images; image++) {
      const size_t source = (size_t)image * inChannels + channel / multiplier;
      const size_t from = (size_t)image * outChannels + channel;
      pad_plane(x + source * inHeight * inWidth, plane, PLANE_ARGUMENTS);
      spread_plane(dy + from * outHeight * outWidth, spread, outHeight, outWidth, pitch, run);
      for (int tap = 0; tap < taps; tap += 3) {
        // past the last tap the last one again, into sums of its own
        const int second = IMIN(tap + 1, taps - 1);
        const int third = IMIN(tap + 2, taps - 1);
        WIDE a = sums[tap], b = sums[second], c = sums[third];
        WIDE d = (WIDE)0.0f, e = d, f = d;
        for (int i = 0; i < run; i += 2 * LANES) {
          const WIDE g = LOAD_WIDE(spread + i);
          const WIDE h = LOAD_WIDE(spread + i + LANES);
          a = fma(g, LOAD_WIDE(plane + places[tap] + i), a);
          b = fma(g, LOAD_WIDE(plane + places[second] + i), b);
          c = fma(g, LOAD_WIDE(plane + places[third] + i), c);
          d = fma(h, LOAD_WIDE(plane + places[tap] + i + LANES), d);
          e = fma(h, LOAD_WIDE(plane + places[second] + i + LANES), e);
          f = fma(h, LOAD_WIDE(plane + places[third] + i + LANES), f);
        }
        sums[tap] = a + d;
        if (tap + 1 < taps) sums[second] = b + e;
        if (tap + 2 < taps) sums[third] = c + f;
      }
    }
    for (int tap = 0; tap < taps; tap++) dw[channel * taps + tap] = sum_lanes(sums[tap]);
  }
}
