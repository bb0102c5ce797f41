// max and average pooling over planes of [inHeight][inWidth], and their gradients
//
//   max_pool             y = the largest x of a window, NaN above all, padding never;
//                        indices = its h * inWidth + w, among equals the first in row-major order
//   max_pool_gradient    dx = sum of the dy of those windows whose winner it is
//   average_pool         y = sum of a window / its divisor
//   average_pool_gradient   dx = sum of dy / divisor over the windows that hold it
//
//   x, dx            [planes][inHeight][inWidth]
//   y, dy, indices   [planes][outHeight][outWidth]
//
//   window (oh, ow) begins at row oh * strideHeight - paddingHeight, 2 x 2 with stride 1:
//
//        a a .         . b b        element (0, 1) lies in windows a and b: the gradients gather
//        a a .         . b b        from them, in the order of the windows; nothing is scattered,
//        . . .         . . .        so no atomics and the same bits on every run
//
// The divisor is PyTorch's: the window is cut at the padded edge; what is left counts, or with
// countPadding = 0 only what of it lies inside the plane.
//
// Launch   _by_item   a work-item per element of the result, any number of groups
//          _by_row    for CPUs: a work-item, alone in its group, per row of the result; likewise
// Order    of sums: row-major
// Tunable  WG = 256   work-group size
//          WINDOW     if defined, all windows are WINDOW x WINDOW, lie side by side and nothing is
//                     padded, whatever the arguments say: what most nets pool with, unrolled

// What all kernels are told of the pooling. Kernel, stride and padding are used by these names only.
#define POOLING                                                                                \
  int inHeight, int inWidth, int outHeight, int outWidth, int kernelHeight, int kernelWidth,    \
      int strideHeight, int strideWidth, int paddingHeight, int paddingWidth, int countPadding
#define POOLING_ARGUMENTS                                                                   \
  inHeight, inWidth, outHeight, outWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, \
      paddingHeight, paddingWidth, countPadding

// The part of a window inside the plane, in one dimension: where it begins, how long it is.
#ifdef WINDOW
#define BEGIN(window, stride, padding) ((window)*WINDOW)
#define LENGTH(window, stride, padding, size, extent) WINDOW
#define EACH UNROLL for
#else
#define BEGIN(window, stride, padding) IMAX((window) * (stride) - (padding), 0)
#define LENGTH(window, stride, padding, size, extent)               \
  (IMIN((window) * (stride) - (padding) + (size), extent) - BEGIN(window, stride, padding))
#define EACH for
#endif

// The first and the last window that hold element p of a dimension; none if last < first.
DEVICE_FN int first_window(int p, int size, int stride, int padding) {
  return p + padding < size ? 0 : (p + padding - size) / stride + 1;
}
DEVICE_FN int last_window(int p, int stride, int padding, int windows) {
  return IMIN((p + padding) / stride, windows - 1);
}

// ---- max ----

typedef struct {
  float value;
  int index;
} Winner;

DEVICE_FN Winner window_max(GLOBAL const float* plane, int oh, int ow, POOLING) {
  const int first = BEGIN(oh, strideHeight, paddingHeight) * inWidth +
                    BEGIN(ow, strideWidth, paddingWidth);
  const int height = LENGTH(oh, strideHeight, paddingHeight, kernelHeight, inHeight);
  const int width = LENGTH(ow, strideWidth, paddingWidth, kernelWidth, inWidth);
  Winner best;
  best.index = first;
  best.value = plane[first];
  EACH (int i = 0; i < height; i++) {
    EACH (int j = 0; j < width; j++) {
      const int at = first + i * inWidth + j;
      const float value = plane[at];
      // greater or the first NaN; without branches, so that a CPU's vectors can do it
      const int wins = !(value <= best.value) & (best.value == best.value);
      best.value = wins ? value : best.value;
      best.index = wins ? at : best.index;
    }
  }
  return best;
}

KERNEL(WG) max_pool_by_item(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y,
                            GLOBAL int* RESTRICT indices, POOLING, int count) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)count; e += GLOBAL_SIZE(0)) {
    const int row = (int)e / outWidth;  // of all planes together
    const int plane = row / outHeight;
    const Winner winner = window_max(x + (size_t)plane * inHeight * inWidth, row % outHeight,
                                     (int)e % outWidth, POOLING_ARGUMENTS);
    y[e] = winner.value;
    indices[e] = winner.index;
  }
}

KERNEL(1) max_pool_by_row(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y,
                          GLOBAL int* RESTRICT indices, POOLING, int rows) {
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    GLOBAL const float* plane = x + (size_t)(row / outHeight) * inHeight * inWidth;
    for (int ow = 0; ow < outWidth; ow++) {
      const Winner winner = window_max(plane, row % outHeight, ow, POOLING_ARGUMENTS);
      y[(size_t)row * outWidth + ow] = winner.value;
      indices[(size_t)row * outWidth + ow] = winner.index;
    }
  }
}

// dy and indices of one plane
DEVICE_FN float gathered_max(GLOBAL const float* dy, GLOBAL const int* indices, int h, int w,
                             POOLING) {
  const int oh0 = first_window(h, kernelHeight, strideHeight, paddingHeight);
  const int oh1 = last_window(h, strideHeight, paddingHeight, outHeight);
  const int ow0 = first_window(w, kernelWidth, strideWidth, paddingWidth);
  const int ow1 = last_window(w, strideWidth, paddingWidth, outWidth);
  float sum = 0;
  for (int oh = oh0; oh <= oh1; oh++) {
    for (int ow = ow0; ow <= ow1; ow++) {
      const float d = dy[oh * outWidth + ow];  // read in any case: no branch
      sum += indices[oh * outWidth + ow] == h * inWidth + w ? d : 0;
    }
  }
  return sum;
}

KERNEL(WG) max_pool_gradient_by_item(GLOBAL const float* RESTRICT dy,
                                     GLOBAL const int* RESTRICT indices, GLOBAL float* RESTRICT dx,
                                     POOLING, int count) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)count; e += GLOBAL_SIZE(0)) {
    const int row = (int)e / inWidth;
    const size_t plane = (size_t)(row / inHeight) * outHeight * outWidth;
#ifdef WINDOW
    const int h = row % inHeight, w = (int)e % inWidth;
    const int oh = h / WINDOW, ow = w / WINDOW;
    float d = 0;
    if (oh < outHeight && ow < outWidth) {
      const size_t at = plane + oh * outWidth + ow;
      if (indices[at] == h * inWidth + w) d = dy[at];
    }
    dx[e] = d;
#else
    dx[e] = gathered_max(dy + plane, indices + plane, row % inHeight, (int)e % inWidth,
                         POOLING_ARGUMENTS);
#endif
  }
}

KERNEL(1) max_pool_gradient_by_row(GLOBAL const float* RESTRICT dy,
                                   GLOBAL const int* RESTRICT indices, GLOBAL float* RESTRICT dx,
                                   POOLING, int rows) {
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    const size_t plane = (size_t)(row / inHeight) * outHeight * outWidth;
    const size_t start = (size_t)row * inWidth;
    const int h = row % inHeight;
#ifdef WINDOW
    const int covered = h / WINDOW < outHeight ? outWidth : 0;
    const size_t from = plane + (size_t)(h / WINDOW) * outWidth;
    for (int ow = 0; ow < covered; ow++) {
      const float d = dy[from + ow];  // read in any case: no branch
      const int winner = indices[from + ow] - (h * inWidth + ow * WINDOW);
      UNROLL for (int j = 0; j < WINDOW; j++) dx[start + ow * WINDOW + j] = winner == j ? d : 0;
    }
    for (int w = covered * WINDOW; w < inWidth; w++) dx[start + w] = 0;
#else
    for (int w = 0; w < inWidth; w++) {
      dx[start + w] = gathered_max(dy + plane, indices + plane, h, w, POOLING_ARGUMENTS);
    }
#endif
  }
}

// ---- average ----

// The divisor of a window: PyTorch's rule.
DEVICE_FN float window_divisor(int oh, int ow, POOLING) {
#ifdef WINDOW
  return WINDOW * WINDOW;
#else
  if (countPadding) {
    const int top = oh * strideHeight - paddingHeight, left = ow * strideWidth - paddingWidth;
    return (float)(IMIN(kernelHeight, inHeight + paddingHeight - top) *
                   IMIN(kernelWidth, inWidth + paddingWidth - left));
  }
  return (float)(LENGTH(oh, strideHeight, paddingHeight, kernelHeight, inHeight) *
                 LENGTH(ow, strideWidth, paddingWidth, kernelWidth, inWidth));
#endif
}

DEVICE_FN float window_average(GLOBAL const float* plane, int oh, int ow, POOLING) {
  const int first = BEGIN(oh, strideHeight, paddingHeight) * inWidth +
                    BEGIN(ow, strideWidth, paddingWidth);
  const int height = LENGTH(oh, strideHeight, paddingHeight, kernelHeight, inHeight);
  const int width = LENGTH(ow, strideWidth, paddingWidth, kernelWidth, inWidth);
  float sum = 0;
  EACH (int i = 0; i < height; i++) {
    EACH (int j = 0; j < width; j++) sum += plane[first + i * inWidth + j];
  }
  return sum / window_divisor(oh, ow, POOLING_ARGUMENTS);
}

KERNEL(WG) average_pool_by_item(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, POOLING,
                                int count) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)count; e += GLOBAL_SIZE(0)) {
    const int row = (int)e / outWidth;
    y[e] = window_average(x + (size_t)(row / outHeight) * inHeight * inWidth, row % outHeight,
                          (int)e % outWidth, POOLING_ARGUMENTS);
  }
}

KERNEL(1) average_pool_by_row(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, POOLING,
                              int rows) {
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    GLOBAL const float* plane = x + (size_t)(row / outHeight) * inHeight * inWidth;
    for (int ow = 0; ow < outWidth; ow++) {
      y[(size_t)row * outWidth + ow] =
          window_average(plane, row % outHeight, ow, POOLING_ARGUMENTS);
    }
  }
}

// dy of one plane
DEVICE_FN float gathered_average(GLOBAL const float* dy, int h, int w, POOLING) {
  const int oh0 = first_window(h, kernelHeight, strideHeight, paddingHeight);
  const int oh1 = last_window(h, strideHeight, paddingHeight, outHeight);
  const int ow0 = first_window(w, kernelWidth, strideWidth, paddingWidth);
  const int ow1 = last_window(w, strideWidth, paddingWidth, outWidth);
  float sum = 0;
  for (int oh = oh0; oh <= oh1; oh++) {
    for (int ow = ow0; ow <= ow1; ow++) {
      sum += dy[oh * outWidth + ow] / window_divisor(oh, ow, POOLING_ARGUMENTS);
    }
  }
  return sum;
}

KERNEL(WG) average_pool_gradient_by_item(GLOBAL const float* RESTRICT dy,
                                         GLOBAL float* RESTRICT dx, POOLING, int count) {
  for (size_t e = GLOBAL_ID(0); e < (size_t)count; e += GLOBAL_SIZE(0)) {
    const int row = (int)e / inWidth;
    dx[e] = gathered_average(dy + (size_t)(row / inHeight) * outHeight * outWidth, row % inHeight,
                             (int)e % inWidth, POOLING_ARGUMENTS);
  }
}

KERNEL(1) average_pool_gradient_by_row(GLOBAL const float* RESTRICT dy, GLOBAL float* RESTRICT dx,
                                       POOLING, int rows) {
  for (int row = GROUP_ID(0); row < rows; row += GROUP_COUNT(0)) {
    GLOBAL const float* plane = dy + (size_t)(row / inHeight) * outHeight * outWidth;
    const size_t start = (size_t)row * inWidth;
    const int h = row % inHeight;
#ifdef WINDOW
    const int covered = h / WINDOW < outHeight ? outWidth : 0;
    for (int ow = 0; ow < covered; ow++) {
      const float share = plane[h / WINDOW * outWidth + ow] / (WINDOW * WINDOW);
      UNROLL for (int j = 0; j < WINDOW; j++) dx[start + ow * WINDOW + j] = share;
    }
    for (int w = covered * WINDOW; w < inWidth; w++) dx[start + w] = 0;
#else
    for (int w = 0; w < inWidth; w++) {
      dx[start + w] = gathered_average(plane, h, w, POOLING_ARGUMENTS);
    }
#endif
  }
}
