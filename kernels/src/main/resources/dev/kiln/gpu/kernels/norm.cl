// batch normalization: statistics and an affine map for each channel of x [n][channels][inner]
//
//   training    y = (x - mean) * invStd * gamma + beta     mean, variance of the channel's N = n * inner
//               invStd = 1 / sqrt(variance + eps)          elements, variance = squares / N
//               running = (1 - momentum) * running + momentum * batch, with squares / (N - 1)
//   gradient    g = sum(dy), h = sum(dy * xhat), xhat = (x - mean) * invStd
//               dx = gamma * invStd * (dy - g / N - xhat * h / N), dgamma = h, dbeta = g
//   evaluation  the same with given statistics; there g and h do not reach dx
//
//   x  channels = 2, inner = 6            one channel as one row of N, cut into sections
//        image 0   c0 c0 c0 c0 c0 c0
//                  c1 c1 c1 c1 c1 c1      c0  ------------ ------------ ------
//        image 1   c0 c0 c0 c0 c0 c0          section 0    section 1    section 2
//                  c1 c1 c1 c1 c1 c1
//   sections give [channels][sections] partial results
//
// The variance is never a difference of large numbers: a section goes over its elements twice, first
// for their mean, then for the squares of what is left; sections are joined the same way (Chan,
// Golub, LeVeque 1983).
//
// Launch   moments, gradient_sums   a work-group per (channel, section)
//          statistics, totals       a work-group per channel
//          apply, gradient_apply    a work-item per element
//          inverse_std              a work-item per channel; in all of them any number of groups
// Local    WG floats
// Order    each work-item in steps of WG, then a tree over work-items; sections likewise
// Tunable  WG = 256    work-group size, a power of two; 1 makes statistics and totals a CPU's

#include "dialect/group.h"

KERNEL(WG) batch_norm_moments(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT means,
                              GLOBAL float* RESTRICT squares, int n, int channels, int inner,
                              int section, int sections) {
  LOCAL float scratch[WG];
  for (int t = GROUP_ID(0); t < channels * sections; t += GROUP_COUNT(0)) {
    const int c = t / sections;
    const int first = t % sections * section;
    const int length = IMIN(section, n * inner - first);
    // element e of the channel is p of image i; both advance by WG elements without dividing
    const int images = WG / inner, pixels = WG % inner;
    const int i0 = (first + LOCAL_ID(0)) / inner, p0 = (first + LOCAL_ID(0)) % inner;

    float sum = 0;
    for (int e = LOCAL_ID(0), i = i0, p = p0; e < length; e += WG) {
      sum += x[((size_t)i * channels + c) * inner + p];
      i += images;
      p += pixels;
      if (p >= inner) {
        p -= inner;
        i++;
      }
    }
    const float mean = group_sum(scratch, sum) / length;

    float square = 0;
    for (int e = LOCAL_ID(0), i = i0, p = p0; e < length; e += WG) {
      const float d = x[((size_t)i * channels + c) * inner + p] - mean;
      square += d * d;
      i += images;
      p += pixels;
      if (p >= inner) {
        p -= inner;
        i++;
      }
    }
    square = group_sum(scratch, square);

    if (LOCAL_ID(0) == 0) {
      means[t] = mean;
      squares[t] = square;
    }
  }
}

// count = N. runningMean and runningVariance may be null.
KERNEL(WG) batch_norm_statistics(GLOBAL const float* RESTRICT means,
                                 GLOBAL const float* RESTRICT squares, float eps, float momentum,
                                 GLOBAL float* RESTRICT mean, GLOBAL float* RESTRICT invStd,
                                 GLOBAL float* RESTRICT runningMean,
                                 GLOBAL float* RESTRICT runningVariance, int channels, int count,
                                 int section, int sections) {
  LOCAL float scratch[WG];
  for (int c = GROUP_ID(0); c < channels; c += GROUP_COUNT(0)) {
    float sum = 0;
    for (int s = LOCAL_ID(0); s < sections; s += WG) {
      sum += means[c * sections + s] * IMIN(section, count - s * section);
    }
    const float center = group_sum(scratch, sum) / IMAX(count, 1);

    float square = 0;
    for (int s = LOCAL_ID(0); s < sections; s += WG) {
      const float d = means[c * sections + s] - center;
      square += squares[c * sections + s] + d * d * IMIN(section, count - s * section);
    }
    square = group_sum(scratch, square);

    if (LOCAL_ID(0) == 0) {
      mean[c] = center;
      invStd[c] = 1 / SQRT(square / IMAX(count, 1) + eps);
      if (runningMean != 0) {
        runningMean[c] = (1 - momentum) * runningMean[c] + momentum * center;
        runningVariance[c] = (1 - momentum) * runningVariance[c] + momentum * (square / IMAX(count - 1, 1));
      }
    }
  }
}

// gamma null for 1, beta null for 0
KERNEL(WG) batch_norm_apply(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT gamma,
                            GLOBAL const float* RESTRICT beta, GLOBAL const float* RESTRICT mean,
                            GLOBAL const float* RESTRICT invStd, GLOBAL float* RESTRICT y,
                            int channels, int inner, int count) {
  const int step = GLOBAL_SIZE(0);
  const int planes = step / inner % channels, pixels = step % inner;
  int c = GLOBAL_ID(0) / inner % channels, p = GLOBAL_ID(0) % inner;
  for (size_t e = GLOBAL_ID(0); e < (size_t)count; e += step) {
    const float slope = gamma != 0 ? gamma[c] * invStd[c] : invStd[c];
    y[e] = (x[e] - mean[c]) * slope + (beta != 0 ? beta[c] : 0);
    p += pixels;
    c += planes;
    if (p >= inner) {
      p -= inner;
      c++;
    }
    if (c >= channels) c -= channels;
  }
}

KERNEL(WG) batch_norm_gradient_sums(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT dy,
                                    GLOBAL const float* RESTRICT mean,
                                    GLOBAL const float* RESTRICT invStd, GLOBAL float* RESTRICT g,
                                    GLOBAL float* RESTRICT h, int n, int channels, int inner,
                                    int section, int sections) {
  LOCAL float scratch[WG];
  for (int t = GROUP_ID(0); t < channels * sections; t += GROUP_COUNT(0)) {
    const int c = t / sections;
    const int first = t % sections * section;
    const int length = IMIN(section, n * inner - first);
    const int images = WG / inner, pixels = WG % inner;
    const float center = mean[c];

    float sum = 0, product = 0;
    int i = (first + LOCAL_ID(0)) / inner, p = (first + LOCAL_ID(0)) % inner;
    for (int e = LOCAL_ID(0); e < length; e += WG) {
      const size_t at = ((size_t)i * channels + c) * inner + p;
      sum += dy[at];
      product += dy[at] * (x[at] - center);
      i += images;
      p += pixels;
      if (p >= inner) {
        p -= inner;
        i++;
      }
    }
    sum = group_sum(scratch, sum);
    product = group_sum(scratch, product);
    if (LOCAL_ID(0) == 0) {
      g[t] = sum;
      h[t] = product * invStd[c];
    }
  }
}

KERNEL(WG) batch_norm_totals(GLOBAL const float* RESTRICT g, GLOBAL const float* RESTRICT h,
                             GLOBAL float* RESTRICT dgamma, GLOBAL float* RESTRICT dbeta,
                             int channels, int sections) {
  LOCAL float scratch[WG];
  for (int c = GROUP_ID(0); c < channels; c += GROUP_COUNT(0)) {
    float sum = 0, product = 0;
    for (int s = LOCAL_ID(0); s < sections; s += WG) {
      sum += g[c * sections + s];
      product += h[c * sections + s];
    }
    sum = group_sum(scratch, sum);
    product = group_sum(scratch, product);
    if (LOCAL_ID(0) == 0) {
      dbeta[c] = sum;
      dgamma[c] = product;
    }
  }
}

// dgamma and dbeta null if the statistics are constants
KERNEL(WG) batch_norm_gradient_apply(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT dy,
                                     GLOBAL const float* RESTRICT gamma,
                                     GLOBAL const float* RESTRICT mean,
                                     GLOBAL const float* RESTRICT invStd,
                                     GLOBAL const float* RESTRICT dgamma,
                                     GLOBAL const float* RESTRICT dbeta, GLOBAL float* RESTRICT dx,
                                     int n, int channels, int inner, int count) {
  const int step = GLOBAL_SIZE(0);
  const int planes = step / inner % channels, pixels = step % inner;
  const float perElement = 1 / ((float)n * inner);
  int c = GLOBAL_ID(0) / inner % channels, p = GLOBAL_ID(0) % inner;
  for (size_t e = GLOBAL_ID(0); e < (size_t)count; e += step) {
    const float slope = gamma != 0 ? gamma[c] * invStd[c] : invStd[c];
    float d = dy[e];
    if (dgamma != 0) {
      const float xhat = (x[e] - mean[c]) * invStd[c];
      d -= dbeta[c] * perElement + xhat * (dgamma[c] * perElement);
    }
    dx[e] = slope * d;
    p += pixels;
    c += planes;
    if (p >= inner) {
      p -= inner;
      c++;
    }
    if (c >= channels) c -= channels;
  }
}

KERNEL(WG) batch_norm_inverse_std(GLOBAL const float* RESTRICT variance, float eps,
                                  GLOBAL float* RESTRICT invStd, int channels) {
  for (size_t c = GLOBAL_ID(0); c < (size_t)channels; c += GLOBAL_SIZE(0)) {
    invStd[c] = 1 / SQRT(variance[c] + eps);
  }
}
