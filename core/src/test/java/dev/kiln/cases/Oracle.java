package dev.kiln.cases;

import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Pool2dSpec;
import dev.kiln.backend.Rows;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** What every op should give: the definition, in double precision, as slow as it is plain. */
final class Oracle {
  private Oracle() {}

  static double[] map(double[] x, DoubleUnaryOperator f) {
    return Arrays.stream(x).map(f).toArray();
  }

  /** {@code x Φ(x)}, with the normal distribution Φ from its series. */
  static double gelu(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 60; n++) {
      term *= -x * x / (2 * n);
      sum += term / (2 * n + 1);
    }
    return x * (0.5 + sum / Math.sqrt(2 * Math.PI));
  }

  static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /** The hard logistic function. */
  static double gate(double x) {
    return Math.min(Math.max(x / 6 + 0.5, 0), 1);
  }

  /** One matrix product of dense row-major operands. */
  static double[] gemm(int m, int n, int k, boolean ta, boolean tb, double[] a, double[] b) {
    double[] c = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        double x = ta ? a[p * m + i] : a[i * k + p];
        for (int j = 0; j < n; j++) {
          c[i * n + j] += x * (tb ? b[j * k + p] : b[p * n + j]);
        }
      }
    }
    return c;
  }

  /** An index space of any rank, in row-major order, with the place of each index in an operand. */
  static int[] places(int[] extents, int[] strides) {
    int size = Arrays.stream(extents).reduce(1, (p, q) -> p * q);
    int[] places = new int[size];
    for (int i = 0; i < size; i++) {
      int rest = i;
      for (int d = extents.length - 1; d >= 0; d--) {
        places[i] += rest % extents[d] * strides[d];
        rest /= extents[d];
      }
    }
    return places;
  }

  static double[] binary(
      int[] extents,
      int[] stridesA,
      int[] stridesB,
      double[] a,
      double[] b,
      DoubleBinaryOperator f) {
    int[] fromA = places(extents, stridesA);
    int[] fromB = places(extents, stridesB);
    double[] y = new double[fromA.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = f.applyAsDouble(a[fromA[i]], b[fromB[i]]);
    }
    return y;
  }

  static double[] conv2d(Conv2dSpec s, double[] x, double[] w, double[] bias) {
    double[] y = new double[s.n() * s.outChannels() * s.outPixels()];
    int at = 0;
    for (int n = 0; n < s.n(); n++) {
      for (int o = 0; o < s.outChannels(); o++) {
        int firstIn = o / s.groupOut() * s.groupIn();
        for (int oh = 0; oh < s.outHeight(); oh++) {
          for (int ow = 0; ow < s.outWidth(); ow++) {
            double sum = bias.length == 0 ? 0 : bias[o];
            for (int c = 0; c < s.groupIn(); c++) {
              for (int kh = 0; kh < s.kernelHeight(); kh++) {
                int h = oh * s.strideHeight() - s.paddingHeight() + kh * s.dilationHeight();
                for (int kw = 0; kw < s.kernelWidth(); kw++) {
                  int v = ow * s.strideWidth() - s.paddingWidth() + kw * s.dilationWidth();
                  if (h >= 0 && h < s.inHeight() && v >= 0 && v < s.inWidth()) {
                    int image = (n * s.inChannels() + firstIn + c) * s.inPixels();
                    int weight = (o * s.groupIn() + c) * s.kernelHeight() * s.kernelWidth();
                    sum += x[image + h * s.inWidth() + v] * w[weight + kh * s.kernelWidth() + kw];
                  }
                }
              }
            }
            y[at++] = sum;
          }
        }
      }
    }
    return y;
  }

  static double[] pool(Pool2dSpec s, boolean max, double[] x) {
    double[] y = new double[s.planes() * s.outPixels()];
    int at = 0;
    for (int plane = 0; plane < s.planes(); plane++) {
      for (int oh = 0; oh < s.outHeight(); oh++) {
        for (int ow = 0; ow < s.outWidth(); ow++) {
          int top = oh * s.strideHeight() - s.paddingHeight();
          int left = ow * s.strideWidth() - s.paddingWidth();
          int bottom = Math.min(top + s.kernelHeight(), s.inHeight() + s.paddingHeight());
          int right = Math.min(left + s.kernelWidth(), s.inWidth() + s.paddingWidth());
          int positions = (bottom - top) * (right - left);
          int inside = 0;
          double sum = 0;
          double largest = Double.NEGATIVE_INFINITY;
          for (int h = Math.max(0, top); h < Math.min(bottom, s.inHeight()); h++) {
            for (int v = Math.max(0, left); v < Math.min(right, s.inWidth()); v++) {
              double value = x[plane * s.inPixels() + h * s.inWidth() + v];
              sum += value;
              largest = Math.max(largest, value);
              inside++;
            }
          }
          y[at++] = max ? largest : sum / (s.countIncludePad() ? positions : inside);
        }
      }
    }
    return y;
  }

  /** Normalizes each channel of {@code [n, c, inner]} with statistics of its own or given ones. */
  static double[] batchNorm(
      int n,
      int c,
      int inner,
      double eps,
      double[] x,
      double[] gamma,
      double[] beta,
      double[] givenMean,
      double[] givenVariance) {
    double[] y = new double[x.length];
    for (int channel = 0; channel < c; channel++) {
      double mean = 0;
      double variance = 0;
      if (givenMean.length > 0) {
        mean = givenMean[channel];
        variance = givenVariance[channel];
      } else {
        for (int i = 0; i < n * inner; i++) {
          mean += x[(i / inner * c + channel) * inner + i % inner] / (n * inner);
        }
        for (int i = 0; i < n * inner; i++) {
          double d = x[(i / inner * c + channel) * inner + i % inner] - mean;
          variance += d * d / (n * inner);
        }
      }
      for (int i = 0; i < n * inner; i++) {
        int at = (i / inner * c + channel) * inner + i % inner;
        double normal = (x[at] - mean) / Math.sqrt(variance + eps);
        y[at] =
            normal * (gamma.length == 0 ? 1 : gamma[channel])
                + (beta.length == 0 ? 0 : beta[channel]);
      }
    }
    return y;
  }

  /**
   * Applies {@code f} to each row of {@code [outer, n, inner]}; results may have another length.
   */
  static double[] rows(Rows rows, int resultLength, double[] x, RowFunction f) {
    double[] y = new double[rows.outer() * resultLength * rows.inner()];
    double[] row = new double[rows.n()];
    for (int o = 0; o < rows.outer(); o++) {
      for (int i = 0; i < rows.inner(); i++) {
        for (int j = 0; j < rows.n(); j++) {
          row[j] = x[(o * rows.n() + j) * rows.inner() + i];
        }
        double[] result = f.apply(row, o * rows.inner() + i);
        for (int j = 0; j < resultLength; j++) {
          y[(o * resultLength + j) * rows.inner() + i] = result[j];
        }
      }
    }
    return y;
  }

  /** A function of one row, and of which row it is. */
  interface RowFunction {
    double[] apply(double[] row, int index);
  }

  static double[] logSoftmax(double[] row) {
    double top = Arrays.stream(row).max().orElse(0);
    double sum = Arrays.stream(row).map(v -> Math.exp(v - top)).sum();
    return map(row, v -> v - top - Math.log(sum));
  }

  static double[] softmax(double[] row) {
    return map(logSoftmax(row), Math::exp);
  }

  /** Philox 4x32-10 (Salmon et al. 2011, section 3): uniform number {@code index} of a draw. */
  static double uniform(long seed, long stream, long index) {
    int[] x = {(int) (index / 4), (int) (index / 4 >>> 32), (int) stream, (int) (stream >>> 32)};
    int key0 = (int) seed;
    int key1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long p = 0xD2511F53L * Integer.toUnsignedLong(x[0]);
      long q = 0xCD9E8D57L * Integer.toUnsignedLong(x[2]);
      x =
          new int[] {
            (int) (q >>> 32) ^ x[1] ^ key0, (int) q, (int) (p >>> 32) ^ x[3] ^ key1, (int) p
          };
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
    return (x[(int) (index % 4)] >>> 8) * 0x1p-24;
  }
}
