package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Unary;

/** Plain Java. The JVM makes vector code of the simpler loops by itself. */
final class ScalarLoops implements Loops {
  @Override
  public void unary(Unary f, float[] x, int xAt, float[] y, int yAt, int n) {
    ScalarFunctions.forward(f, x, xAt, y, yAt, n);
  }

  @Override
  public void unaryGradient(
      Unary f, float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    ScalarFunctions.gradient(f, kept, keptAt, dy, dyAt, dx, dxAt, n);
  }

  @Override
  public void pairLoss(
      PairLoss f, float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = (float) PairLosses.value(f, x[xAt + i], target[targetAt + i], 1);
    }
  }

  @Override
  public void pairLossGradient(
      PairLoss f,
      float[] x,
      int xAt,
      float[] target,
      int targetAt,
      float scale,
      float[] dy,
      int dyAt,
      int dyStep,
      float[] dx,
      int dxAt,
      int n) {
    for (int i = 0; i < n; i++) {
      double slope = PairLosses.slope(f, x[xAt + i], target[targetAt + i], 1);
      dx[dxAt + i] = (float) (scale * dy[dyAt + i * dyStep] * slope);
    }
  }

  @Override
  public void affine(
      float center, float scale, float shift, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = (x[xAt + i] - center) * scale + shift;
    }
  }

  @Override
  public void binary(
      Binary f,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int bStep,
      float[] y,
      int yAt,
      int n) {
    switch (f) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i * aStep] + b[bAt + i * bStep];
        }
      }
      case SUB -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i * aStep] - b[bAt + i * bStep];
        }
      }
      case MUL -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i * aStep] * b[bAt + i * bStep];
        }
      }
      case DIV -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i * aStep] / b[bAt + i * bStep];
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = Math.max(a[aAt + i * aStep], b[bAt + i * bStep]);
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = Math.min(a[aAt + i * aStep], b[bAt + i * bStep]);
        }
      }
      case MAXIMUM_SLOPE, POW, POW_BASE_SLOPE, POW_EXPONENT_SLOPE -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = rare(f, a[aAt + i * aStep], b[bAt + i * bStep]);
        }
      }
    }
  }

  private static float rare(Binary f, float a, float b) {
    return switch (f) {
      case MAXIMUM_SLOPE -> a == b ? 0.5f : a < b ? 0 : 1;
      case POW -> (float) Math.pow(a, b);
      case POW_BASE_SLOPE -> b == 0 ? 0 : (float) (b * Math.pow(a, b - 1));
      case POW_EXPONENT_SLOPE -> a == 0 && b >= 0 ? 0 : (float) (Math.pow(a, b) * Math.log(a));
      default -> throw new IllegalArgumentException(f + " has a loop of its own");
    };
  }

  @Override
  public void accumulate(float scale, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] += scale * x[xAt + i];
    }
  }

  @Override
  public void accumulateShifted(
      float[] weights, int weightsAt, int[] places, int taps, float[] x, float[] y, int n) {
    for (int t = 0; t < taps; t++) {
      accumulate(weights[weightsAt + t], x, places[t], y, 0, n);
    }
  }

  @Override
  public void dotShifted(
      float[] x, int[] places, int taps, float[] y, int yAt, int n, double[] sums, int sumsAt) {
    for (int t = 0; t < taps; t++) {
      sums[sumsAt + t] += dot(0, x, places[t], y, yAt, n);
    }
  }

  @Override
  public void accumulate(float[] x, int xAt, double[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] += x[xAt + i];
    }
  }

  @Override
  public void sumRows(float[] x, int xAt, int stride, int rows, float[] y, int yAt, int n) {
    System.arraycopy(x, xAt, y, yAt, n);
    for (int i = 1; i < rows; i++) {
      for (int j = 0; j < n; j++) {
        y[yAt + j] += x[xAt + i * stride + j];
      }
    }
  }

  @Override
  public void belowMaximum(float[] x, int xAt, int stride, int rows, int n) {
    for (int j = xAt; j < xAt + n; j++) {
      float top = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < rows; i++) {
        top = Math.max(top, x[j + i * stride]);
      }
      for (int i = 0; i < rows; i++) {
        x[j + i * stride] -= top;
      }
    }
  }

  @Override
  public double sum(float[] x, int xAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xAt + i];
    }
    return sum;
  }

  @Override
  public double dot(float center, float[] x, int xAt, float[] y, int yAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) (x[xAt + i] - center) * (y[yAt + i] - center);
    }
    return sum;
  }

  @Override
  public double centeredDot(float center, float[] x, int xAt, float[] y, int yAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) (x[xAt + i] - center) * y[yAt + i];
    }
    return sum;
  }

  @Override
  public float max(float[] x, int xAt, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xAt + i]);
    }
    return max;
  }

  @Override
  public double exp(float shift, float[] x, int xAt, float[] y, int yAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float e = (float) Math.exp(x[xAt + i] - shift);
      y[yAt + i] = e;
      sum += e;
    }
    return sum;
  }

  @Override
  public void blend(
      float dyScale,
      float center,
      float xScale,
      float shift,
      float[] dy,
      int dyAt,
      float[] x,
      int xAt,
      float[] dx,
      int dxAt,
      int n) {
    for (int i = 0; i < n; i++) {
      dx[dxAt + i] = dy[dyAt + i] * dyScale + ((x[xAt + i] - center) * xScale + shift);
    }
  }

  @Override
  public void softmaxGradient(
      float shift, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i++) {
      dx[dxAt + i] = y[yAt + i] * (dy[dyAt + i] - shift);
    }
  }

  @Override
  public boolean gathers() {
    return false;
  }

  @Override
  public void maxOfWindows(
      float[] plane,
      int planeAt,
      int[] corners,
      int[] taps,
      int n,
      float[] y,
      int yAt,
      int[] winners,
      int winnersAt) {
    maxOfWindows(plane, planeAt, corners, taps, 0, n, y, yAt, winners, winnersAt);
  }

  void maxOfWindows(
      float[] plane,
      int planeAt,
      int[] corners,
      int[] taps,
      int from,
      int to,
      float[] y,
      int yAt,
      int[] winners,
      int winnersAt) {
    for (int i = from; i < to; i++) {
      int winner = corners[i];
      float max = plane[planeAt + winner];
      for (int tap : taps) {
        float v = plane[planeAt + corners[i] + tap];
        if (v > max || Float.isNaN(v) && !Float.isNaN(max)) {
          max = v;
          winner = corners[i] + tap;
        }
      }
      y[yAt + i] = max;
      winners[winnersAt + i] = winner;
    }
  }
}
