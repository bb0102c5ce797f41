// batch normalization for CPUs: what norm.cl computes, without local memory and barriers
//
//   x  [n][channels][inner]   a channel's elements lie in runs of inner, one an image:
//
//        . . . . . . . . . . . . .
//        ^-----^ ^-----^ ^---            LANES elements at a time, then the rest of the run
//
// A loop over LANES with a constant trip count is what a CPU's compiler turns into vectors.
//
// Launch   moments, gradient_sums   a work-item per (channel, section), alone in its group
//          apply, gradient_apply    a work-item per run, likewise; any number of groups will do
// Order    LANES sums over the section's whole vectors, a tree over them, and a compensated sum over
//          the rests of the runs
// Tunable  LANES = 16    floats in a CPU's vector, a power of two

#include "dialect/running.h"

KERNEL(1) batch_norm_moments(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT means,
                             GLOBAL float* RESTRICT squares, int n, int channels, int inner,
                             int section, int sections) {
  for (int t = GROUP_ID(0); t < channels * sections; t += GROUP_COUNT(0)) {
    const int c = t / sections;
    const int first = t % sections * section;
    const int length = IMIN(section, n * inner - first);
    const int i0 = first / inner, p0 = first % inner;

    float lane[LANES];
    UNROLL for (int j = 0; j < LANES; j++) lane[j] = 0;
    Running rest = running_zero();
    for (int e = 0, i = i0, p = p0; e < length; i++, p = 0) {
      GLOBAL const float* from = x + ((size_t)i * channels + c) * inner + p;
      const int run = IMIN(inner - p, length - e);
      int k = 0;
      for (; k + LANES <= run; k += LANES) {
        UNROLL for (int j = 0; j < LANES; j++) lane[j] += from[k + j];
      }
      float tail = 0;
      for (; k < run; k++) tail += from[k];
      rest = running_add(rest, tail);
      e += run;
    }
    UNROLL for (int span = LANES / 2; span > 0; span /= 2) {
      UNROLL for (int j = 0; j < span; j++) lane[j] += lane[j + span];
    }
    const float mean = (lane[0] + rest.sum) / length;

    UNROLL for (int j = 0; j < LANES; j++) lane[j] = 0;
    rest = running_zero();
    for (int e = 0, i = i0, p = p0; e < length; i++, p = 0) {
      GLOBAL const float* from = x + ((size_t)i * channels + c) * inner + p;
      const int run = IMIN(inner - p, length - e);
      int k = 0;
      for (; k + LANES <= run; k += LANES) {
        UNROLL for (int j = 0; j < LANES; j++) {
          const float d = from[k + j] - mean;
          lane[j] += d * d;
        }
      }
      float tail = 0;
      for (; k < run; k++) tail += (from[k] - mean) * (from[k] - mean);
      rest = running_add(rest, tail);
      e += run;
    }
    UNROLL for (int span = LANES / 2; span > 0; span /= 2) {
      UNROLL for (int j = 0; j < span; j++) lane[j] += lane[j + span];
    }
    means[t] = mean;
    squares[t] = lane[0] + rest.sum;
  }
}

// gamma null for 1, beta null for 0
KERNEL(1) batch_norm_apply(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT gamma,
                           GLOBAL const float* RESTRICT beta, GLOBAL const float* RESTRICT mean,
                           GLOBAL const float* RESTRICT invStd, GLOBAL float* RESTRICT y,
                           int channels, int inner, int runs) {
  for (int run = GROUP_ID(0); run < runs; run += GROUP_COUNT(0)) {
    const int c = run % channels;
    const float center = mean[c];
    const float slope = gamma != 0 ? gamma[c] * invStd[c] : invStd[c];
    const float shift = beta != 0 ? beta[c] : 0;
    const size_t start = (size_t)run * inner;
    for (int p = 0; p < inner; p++) y[start + p] = (x[start + p] - center) * slope + shift;
  }
}

KERNEL(1) batch_norm_gradient_sums(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT dy,
                                   GLOBAL const float* RESTRICT mean,
                                   GLOBAL const float* RESTRICT invStd, GLOBAL float* RESTRICT g,
                                   GLOBAL float* RESTRICT h, int n, int channels, int inner,
                                   int section, int sections) {
  for (int t = GROUP_ID(0); t < channels * sections; t += GROUP_COUNT(0)) {
    const int c = t / sections;
    const int first = t % sections * section;
    const int length = IMIN(section, n * inner - first);
    const float center = mean[c];

    float sums[LANES], products[LANES];
    UNROLL for (int j = 0; j < LANES; j++) {
      sums[j] = 0;
      products[j] = 0;
    }
    Running sum = running_zero(), product = running_zero();
    for (int e = 0, i = first / inner, p = first % inner; e < length; i++, p = 0) {
      const size_t start = ((size_t)i * channels + c) * inner + p;
      const int run = IMIN(inner - p, length - e);
      int k = 0;
      for (; k + LANES <= run; k += LANES) {
        UNROLL for (int j = 0; j < LANES; j++) {
          sums[j] += dy[start + k + j];
          products[j] += dy[start + k + j] * (x[start + k + j] - center);
        }
      }
      float tail = 0, productTail = 0;
      for (; k < run; k++) {
        tail += dy[start + k];
        productTail += dy[start + k] * (x[start + k] - center);
      }
      sum = running_add(sum, tail);
      product = running_add(product, productTail);
      e += run;
    }
    UNROLL for (int span = LANES / 2; span > 0; span /= 2) {
      UNROLL for (int j = 0; j < span; j++) {
        sums[j] += sums[j + span];
        products[j] += products[j + span];
      }
    }
    g[t] = sums[0] + sum.sum;
    h[t] = (products[0] + product.sum) * invStd[c];
  }
}

// dgamma and dbeta null if the statistics are constants
KERNEL(1) batch_norm_gradient_apply(GLOBAL const float* RESTRICT x, GLOBAL const float* RESTRICT dy,
                                    GLOBAL const float* RESTRICT gamma,
                                    GLOBAL const float* RESTRICT mean,
                                    GLOBAL const float* RESTRICT invStd,
                                    GLOBAL const float* RESTRICT dgamma,
                                    GLOBAL const float* RESTRICT dbeta, GLOBAL float* RESTRICT dx,
                                    int n, int channels, int inner, int runs) {
  const float perElement = 1 / ((float)n * inner);
  for (int run = GROUP_ID(0); run < runs; run += GROUP_COUNT(0)) {
    const int c = run % channels;
    const float slope = gamma != 0 ? gamma[c] * invStd[c] : invStd[c];
    const size_t start = (size_t)run * inner;
    if (dgamma != 0) {
      const float center = mean[c];
      const float shift = dbeta[c] * perElement;
      const float tilt = dgamma[c] * perElement * invStd[c];
      for (int p = 0; p < inner; p++) {
        dx[start + p] = slope * (dy[start + p] - shift - (x[start + p] - center) * tilt);
      }
    } else {
      for (int p = 0; p < inner; p++) dx[start + p] = slope * dy[start + p];
    }
  }
}
