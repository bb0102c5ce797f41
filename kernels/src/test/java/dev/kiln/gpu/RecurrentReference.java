package dev.kiln.gpu;

import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/** A recurrent layer and its gradients in double precision, one number after the other. */
final class RecurrentReference {
  private final RecurrentSpec spec;
  private final int hidden;
  private final int gateCount;
  private final float[] w;
  private final int @Nullable [] lengths;

  /** As {@link dev.kiln.backend.Recurrent} lays them out; NaN where nothing is to be written. */
  final double[] y;

  final double[] hn;
  final double[] cn;
  final double[] gates;
  final double[] previous;
  final double[] cells;
  final double[] product;
  final double[] dx;
  final double[] dproduct;
  final double[] dh0;
  final double[] dc0;

  /**
   * @param stateSize elements of an array of states
   */
  RecurrentReference(RecurrentSpec spec, float[] w, int @Nullable [] lengths, int stateSize) {
    this.spec = spec;
    this.hidden = spec.hidden();
    this.gateCount = spec.cell().gates();
    this.w = w;
    this.lengths = lengths;
    int rows = spec.steps() * spec.batch();
    y = unwritten(rows * spec.width());
    hn = unwritten(stateSize);
    cn = unwritten(stateSize);
    dh0 = unwritten(stateSize);
    dc0 = unwritten(stateSize);
    gates = new double[rows * spec.gateWidth()];
    dx = new double[rows * spec.gateWidth()];
    dproduct = new double[rows * spec.gateWidth()];
    previous = new double[rows * hidden];
    cells = new double[rows * hidden];
    product = new double[rows * hidden];
  }

  private static double[] unwritten(int size) {
    double[] array = new double[size];
    java.util.Arrays.fill(array, Double.NaN);
    return array;
  }

  private int length(int b) {
    return lengths == null ? spec.steps() : lengths[b];
  }

  private int time(int b, int step) {
    return spec.reverse() ? length(b) - 1 - step : step;
  }

  void forward(float[] x, float @Nullable [] bias, float @Nullable [] h0, float @Nullable [] c0) {
    for (int b = 0; b < spec.batch(); b++) {
      double[] h = new double[hidden];
      double[] c = new double[hidden];
      for (int u = 0; u < hidden; u++) {
        h[u] = h0 == null ? 0 : h0[spec.stateAt() + b * hidden + u];
        c[u] = c0 == null ? 0 : c0[spec.stateAt() + b * hidden + u];
      }
      for (int t = length(b); t < spec.steps(); t++) {
        for (int u = 0; u < hidden; u++) {
          y[spec.row(t, b) * spec.width() + spec.column() + u] = 0;
        }
      }
      for (int step = 0; step < length(b); step++) {
        step(spec.row(time(b, step), b), x, bias, h, c);
      }
      for (int u = 0; u < hidden; u++) {
        hn[spec.stateAt() + b * hidden + u] = h[u];
        cn[spec.stateAt() + b * hidden + u] = c[u];
      }
    }
  }

  private void step(int row, float[] x, float @Nullable [] bias, double[] h, double[] c) {
    Cell cell = spec.cell();
    double[] before = h.clone();
    double[] a = new double[gateCount * hidden];
    double[] recurrent = new double[gateCount * hidden];
    for (int j = 0; j < a.length; j++) {
      recurrent[j] = (bias == null ? 0 : bias[j]) + dot(j, before);
      a[j] = x[row * a.length + j] + recurrent[j];
    }
    for (int u = 0; u < hidden; u++) {
      previous[row * hidden + u] = before[u];
      cells[row * hidden + u] = c[u];
    }
    double[] reset = new double[hidden];
    if (cell.keepsProduct()) {
      for (int u = 0; u < hidden; u++) {
        a[u] = sigmoid(a[u]);
        a[hidden + u] = sigmoid(a[hidden + u]);
        reset[u] = a[u] * before[u];
      }
    }
    for (int u = 0; u < hidden; u++) {
      int i = u;
      int f = hidden + u;
      int g = 2 * hidden + u;
      int o = 3 * hidden + u;
      switch (cell) {
        case RNN_TANH -> h[u] = a[u] = Math.tanh(a[u]);
        case RNN_RELU -> h[u] = a[u] = Math.max(a[u], 0);
        case LSTM -> {
          a[i] = sigmoid(a[i]);
          a[f] = sigmoid(a[f]);
          a[g] = Math.tanh(a[g]);
          a[o] = sigmoid(a[o]);
          c[u] = a[f] * c[u] + a[i] * a[g];
          h[u] = a[o] * Math.tanh(c[u]);
        }
        case GRU -> {
          product[row * hidden + u] = recurrent[g];
          a[g] = Math.tanh(x[row * a.length + g] + a[i] * recurrent[g]);
          h[u] = (1 - a[f]) * a[g] + a[f] * before[u];
        }
        case GRU_RESET_FIRST -> {
          product[row * hidden + u] = reset[u];
          double sum = (bias == null ? 0 : bias[g]) + dot(g, reset);
          a[g] = Math.tanh(x[row * a.length + g] + sum);
          h[u] = (1 - a[f]) * a[g] + a[f] * before[u];
        }
      }
    }
    System.arraycopy(a, 0, gates, row * a.length, a.length);
    System.arraycopy(h, 0, y, row * spec.width() + spec.column(), hidden);
  }

  /** After {@link #forward}. */
  void backward(float @Nullable [] dy, float @Nullable [] dhn, float @Nullable [] dcn) {
    for (int b = 0; b < spec.batch(); b++) {
      double[] dh = new double[hidden];
      double[] dc = new double[hidden];
      for (int u = 0; u < hidden; u++) {
        dh[u] = dhn == null ? 0 : dhn[spec.stateAt() + b * hidden + u];
        dc[u] = dcn == null ? 0 : dcn[spec.stateAt() + b * hidden + u];
      }
      for (int step = length(b) - 1; step >= 0; step--) {
        stepBack(spec.row(time(b, step), b), dy, dh, dc);
      }
      System.arraycopy(dh, 0, dh0, spec.stateAt() + b * hidden, hidden);
      System.arraycopy(dc, 0, dc0, spec.stateAt() + b * hidden, hidden);
    }
  }

  private void stepBack(int row, float @Nullable [] dy, double[] dh, double[] dc) {
    int width = gateCount * hidden;
    double[] d = new double[width];
    double[] dp = new double[width];
    double[] carry = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      double up = dh[u] + (dy == null ? 0 : dy[row * spec.width() + spec.column() + u]);
      double i = gates[row * width + u];
      double f = gateCount > 1 ? gates[row * width + hidden + u] : 0;
      double g = gateCount > 1 ? gates[row * width + 2 * hidden + u] : 0;
      double before = previous[row * hidden + u];
      switch (spec.cell()) {
        case RNN_TANH -> d[u] = up * (1 - i * i);
        case RNN_RELU -> d[u] = i > 0 ? up : 0;
        case LSTM -> {
          double o = gates[row * width + 3 * hidden + u];
          double c = cells[row * hidden + u];
          double top = Math.tanh(f * c + i * g);
          double all = dc[u] + up * o * (1 - top * top);
          d[u] = all * g * i * (1 - i);
          d[hidden + u] = all * c * f * (1 - f);
          d[2 * hidden + u] = all * i * (1 - g * g);
          d[3 * hidden + u] = up * top * o * (1 - o);
          dc[u] = all * f;
        }
        case GRU -> {
          d[hidden + u] = up * (before - g) * f * (1 - f);
          d[2 * hidden + u] = up * (1 - f) * (1 - g * g);
          d[u] = d[2 * hidden + u] * product[row * hidden + u] * i * (1 - i);
          carry[u] = up * f;
        }
        case GRU_RESET_FIRST -> {
          d[hidden + u] = up * (before - g) * f * (1 - f);
          d[2 * hidden + u] = up * (1 - f) * (1 - g * g);
          carry[u] = up * f;
        }
      }
    }
    System.arraycopy(d, 0, dp, 0, width);
    if (spec.cell() == Cell.GRU) {
      for (int u = 0; u < hidden; u++) {
        dp[2 * hidden + u] *= gates[row * width + u];
      }
    }
    int products = gateCount;
    if (spec.cell() == Cell.GRU_RESET_FIRST) {
      products = 2;
      for (int k = 0; k < hidden; k++) {
        double dreset = 0;
        for (int u = 0; u < hidden; u++) {
          dreset += d[2 * hidden + u] * w[(2 * hidden + u) * hidden + k];
        }
        double r = gates[row * width + k];
        carry[k] += dreset * r;
        d[k] = dreset * previous[row * hidden + k] * r * (1 - r);
        dp[k] = d[k];
      }
    }
    for (int k = 0; k < hidden; k++) {
      dh[k] = carry[k];
      for (int j = 0; j < products * hidden; j++) {
        dh[k] += dp[j] * w[j * hidden + k];
      }
    }
    System.arraycopy(d, 0, dx, row * width, width);
    System.arraycopy(dp, 0, dproduct, row * width, width);
  }

  private double dot(int j, double[] h) {
    double sum = 0;
    for (int k = 0; k < hidden; k++) {
      sum += (double) w[j * hidden + k] * h[k];
    }
    return sum;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
