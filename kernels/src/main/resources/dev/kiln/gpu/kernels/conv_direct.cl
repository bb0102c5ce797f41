// conv_direct — convolution and its two gradients where the sums are short: few input channels, as in
// a net's first layer, or one channel a group (depthwise)
//
//   conv_direct (PASS 0, forward):         y[channel][pixel] = Σ_k w[channel][k] · x[k at pixel] + bias,
//                                          then residual and activation: epilogue.h
//   conv_direct (PASS 1, input gradient):  dx from dy, likewise
//
//       A group copies the weights of CHANNELS channels to local memory, [k][CHANNELS], then each of
//       its work-items computes one pixel of all of them: what it reads it uses CHANNELS times.
//
//   conv_direct_weight_gradient:           dw[channel][k] = Σ over images and pixels
//
//       A group computes one number; its work-items stride over the pixels.
//
// Launch   conv_direct: 1-D, groups of WG pixels (counted over the images), then the next channels;
//              the k of a sum, channels times taps, is at most MAX_K
//          conv_direct_weight_gradient: x = numbers of dw, y = splits of the pixels, depth each:
//              split s goes to dw[s], [splits][outChannels][groupIn][taps]; split_sum adds up
// Local    MAX_K * CHANNELS floats; WG floats for the weight gradient
// Order    conv_direct: channels, then taps, ascending. The weight gradient: a work-item's pixels
//          ascending, then a tree: the same bits on every run
// Tunable  CHANNELS   computed together, 1 or a multiple of 4
//          MAX_K      the longest sum
//          PASS       0 or 1

#include "conv.h"
#include "epilogue.h"
#include "dialect/group.h"

#define FORWARD 0

KERNEL(WG) conv_direct(GLOBAL const float* RESTRICT w, GLOBAL const float* RESTRICT x,
                       GLOBAL const float* RESTRICT bias, GLOBAL const float* RESTRICT residual,
                       GLOBAL float* RESTRICT y, CONV_EXTENTS, int activation) {
  LOCAL float weights[MAX_K * CHANNELS];

  const int groupIn = inChannels / groups;
  const int groupOut = outChannels / groups;
  const int taps = kernelHeight * kernelWidth;
#if PASS == FORWARD
  const int rows = groupOut;      // channels of a group that are written …
  const int sources = groupIn;    // … and read
  const int height = outHeight, width = outWidth;
  const int sourceHeight = inHeight, sourceWidth = inWidth;
#else
  const int rows = groupIn;
  const int sources = groupOut;
  const int height = inHeight, width = inWidth;
  const int sourceHeight = outHeight, sourceWidth = outWidth;
#endif
  const int pixels = height * width;
  const int sourcePixels = sourceHeight * sourceWidth;
  const int pixelGroups = (int)(((size_t)images * pixels + WG - 1) / WG);
  const int blocks = (rows + CHANNELS - 1) / CHANNELS;
  const int group = GROUP_ID(0) / pixelGroups / blocks;
  const int row = GROUP_ID(0) / pixelGroups % blocks * CHANNELS;

  for (int i = LOCAL_ID(0); i < sources * taps * CHANNELS; i += WG) {
    const int channel = row + i % CHANNELS;
    const int k = i / CHANNELS;
#if PASS == FORWARD
    const int at = (group * groupOut + channel) * sources * taps + k;
#else
    const int at = ((group * groupOut + k / taps) * groupIn + channel) * taps + k % taps;
#endif
    weights[i] = channel < rows ? w[at] : 0;
  }
  BARRIER();

  const size_t place = (size_t)(GROUP_ID(0) % pixelGroups) * WG + LOCAL_ID(0);
  if (place < (size_t)images * pixels) {
    const int image = (int)(place / pixels);
    const int pixel = (int)(place % pixels);
#if PASS == FORWARD
    const int top = pixel / width * strideHeight - paddingHeight;
    const int left = pixel % width * strideWidth - paddingWidth;
#else
    const int top = pixel / width + paddingHeight;
    const int left = pixel % width + paddingWidth;
#endif
    // The taps that this pixel meets an output with: all, or, backward, every stride-th. Where the
    // taps lie apart that is left to the test below.
    int firstRow = 0, rowStep = 1, firstColumn = 0, columnStep = 1;
#if PASS != FORWARD
    if (dilationHeight == 1) {
      firstRow = top % strideHeight;
      rowStep = strideHeight;
    }
    if (dilationWidth == 1) {
      firstColumn = left % strideWidth;
      columnStep = strideWidth;
    }
#endif
    float sum[CHANNELS];
    UNROLL
    for (int c = 0; c < CHANNELS; c++) sum[c] = 0;
    GLOBAL const float* from =
        x + ((size_t)image * groups * sources + group * sources) * sourcePixels;
    for (int source = 0; source < sources; source++, from += sourcePixels) {
      for (int i = firstRow; i < kernelHeight; i += rowStep) {
        LOCAL_PTR const float* weight =
            weights + ((source * kernelHeight + i) * kernelWidth + firstColumn) * CHANNELS;
        for (int j = firstColumn; j < kernelWidth; j += columnStep, weight += columnStep * CHANNELS) {
#if PASS == FORWARD
          const int h = top + i * dilationHeight;
          const int v = left + j * dilationWidth;
          const int inside = h >= 0 && h < sourceHeight && v >= 0 && v < sourceWidth;
#else
          const int down = top - i * dilationHeight;
          const int across = left - j * dilationWidth;
          const int h = down / strideHeight;
          const int v = across / strideWidth;
          const int inside = down >= 0 && across >= 0 && h * strideHeight == down &&
                             v * strideWidth == across && h < sourceHeight && v < sourceWidth;
#endif
          const float value = inside ? from[h * sourceWidth + v] : 0;
          UNROLL
          for (int c = 0; c < CHANNELS; c++) sum[c] = FMA(weight[c], value, sum[c]);
        }
      }
    }
    const size_t start = ((size_t)image * groups * rows + group * rows + row) * pixels + pixel;
    const float low = FLOOR(residual, activation);
    UNROLL
    for (int c = 0; c < CHANNELS; c++) {
      if (row + c < rows) {
        y[start + (size_t)c * pixels] =
            at_least(low, sum[c] + (bias ? bias[group * rows + row + c] : 0));
      }
    }
#if PASS == FORWARD
    if (LATE(residual, activation)) {
      ROLLED
      for (int c = 0; c < IMIN(CHANNELS, rows - row); c++) {
        const size_t at = start + (size_t)c * pixels;
        y[at] = finished(y[at], residual, at, activation);
      }
    }
#endif
  }
}

#if PASS == FORWARD
KERNEL(WG) conv_direct_weight_gradient(GLOBAL const float* RESTRICT dy,
                                       GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT dw,
                                       CONV_EXTENTS, int depth) {
  LOCAL float scratch[WG];
  const int groupIn = inChannels / groups;
  const int groupOut = outChannels / groups;
  const int taps = kernelHeight * kernelWidth;
  const int outPixels = outHeight * outWidth;
  const int tap = GROUP_ID(0) % taps;
  const int channel = GROUP_ID(0) / taps / groupIn;
  const int source = channel / groupOut * groupIn + GROUP_ID(0) / taps % groupIn;
  const int top = tap / kernelWidth * dilationHeight - paddingHeight;
  const int left = tap % kernelWidth * dilationWidth - paddingWidth;

  const int begin = GROUP_ID(1) * depth;
  const int end = IMIN(images * outPixels, begin + depth);
  float sum = 0;
  for (int at = begin + LOCAL_ID(0); at < end; at += WG) {
    const int image = at / outPixels;
    const int pixel = at - image * outPixels;
    const int outRow = pixel / outWidth;
    const int h = top + outRow * strideHeight;
    const int v = left + (pixel - outRow * outWidth) * strideWidth;
    if (h >= 0 && h < inHeight && v >= 0 && v < inWidth) {
      sum = FMA(dy[((size_t)image * outChannels + channel) * outPixels + pixel],
                x[(((size_t)image * inChannels + source) * inHeight + h) * inWidth + v], sum);
    }
  }
  sum = group_sum(scratch, sum);
  if (LOCAL_ID(0) == 0) {
    dw[(size_t)GROUP_ID(1) * outChannels * groupIn * taps + GROUP_ID(0)] = sum;
  }
}
#endif
