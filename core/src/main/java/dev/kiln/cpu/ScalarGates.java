package dev.kiln.cpu;

/** The cells' arithmetic in plain Java. */
final class ScalarGates implements Gates {
  @Override
  public void lstmCell(
      float[] gates, int gatesAt, float[] c, int cAt, float[] next, int nextAt, int n) {
    lstmCell(gates, gatesAt, c, cAt, next, nextAt, 0, n, n);
  }

  void lstmCell(
      float[] gates,
      int gatesAt,
      float[] c,
      int cAt,
      float[] next,
      int nextAt,
      int from,
      int to,
      int n) {
    for (int u = from; u < to; u++) {
      float i = gates[gatesAt + u];
      float f = gates[gatesAt + n + u];
      float g = gates[gatesAt + 2 * n + u];
      next[nextAt + u] = f * c[cAt + u] + i * g;
    }
  }

  @Override
  public void lstmGradient(
      float[] gates,
      int gatesAt,
      float[] c,
      int cAt,
      float[] squashed,
      int squashedAt,
      float[] dh,
      int dhAt,
      float[] dc,
      int dcAt,
      float[] dgates,
      int dgatesAt,
      int n) {
    lstmGradient(
        gates,
        gatesAt,
        c,
        cAt,
        squashed,
        squashedAt,
        dh,
        dhAt,
        dc,
        dcAt,
        dgates,
        dgatesAt,
        0,
        n,
        n);
  }

  void lstmGradient(
      float[] gates,
      int gatesAt,
      float[] c,
      int cAt,
      float[] squashed,
      int squashedAt,
      float[] dh,
      int dhAt,
      float[] dc,
      int dcAt,
      float[] dgates,
      int dgatesAt,
      int from,
      int to,
      int n) {
    for (int u = from; u < to; u++) {
      float i = gates[gatesAt + u];
      float f = gates[gatesAt + n + u];
      float g = gates[gatesAt + 2 * n + u];
      float o = gates[gatesAt + 3 * n + u];
      float tanh = squashed[squashedAt + u];
      float up = dh[dhAt + u];
      float d = dc[dcAt + u] + up * o * (1 - tanh * tanh);
      dgates[dgatesAt + u] = d * g * (i * (1 - i));
      dgates[dgatesAt + n + u] = d * c[cAt + u] * (f * (1 - f));
      dgates[dgatesAt + 2 * n + u] = d * i * (1 - g * g);
      dgates[dgatesAt + 3 * n + u] = up * tanh * (o * (1 - o));
      dc[dcAt + u] = d * f;
    }
  }

  @Override
  public void multiplyAdd(
      float[] a, int aAt, float[] b, int bAt, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int u = 0; u < n; u++) {
      y[yAt + u] = x[xAt + u] + a[aAt + u] * b[bAt + u];
    }
  }

  @Override
  public void gruState(float[] gates, int gatesAt, float[] h, int hAt, int n) {
    gruState(gates, gatesAt, h, hAt, 0, n, n);
  }

  void gruState(float[] gates, int gatesAt, float[] h, int hAt, int from, int to, int n) {
    for (int u = from; u < to; u++) {
      float z = gates[gatesAt + n + u];
      h[hAt + u] = (1 - z) * gates[gatesAt + 2 * n + u] + z * h[hAt + u];
    }
  }

  @Override
  public void gruGradient(
      float[] gates,
      int gatesAt,
      float[] h,
      int hAt,
      float[] dh,
      int dhAt,
      float[] dgates,
      int dgatesAt,
      int n) {
    gruGradient(gates, gatesAt, h, hAt, dh, dhAt, dgates, dgatesAt, 0, n, n);
  }

  void gruGradient(
      float[] gates,
      int gatesAt,
      float[] h,
      int hAt,
      float[] dh,
      int dhAt,
      float[] dgates,
      int dgatesAt,
      int from,
      int to,
      int n) {
    for (int u = from; u < to; u++) {
      float z = gates[gatesAt + n + u];
      float candidate = gates[gatesAt + 2 * n + u];
      float up = dh[dhAt + u];
      dgates[dgatesAt + n + u] = up * (h[hAt + u] - candidate) * (z * (1 - z));
      dgates[dgatesAt + 2 * n + u] = up * (1 - z) * (1 - candidate * candidate);
      dh[dhAt + u] = up * z;
    }
  }

  @Override
  public void resetGradient(
      float[] r, int rAt, float[] a, int aAt, float[] d, int dAt, float[] dr, int drAt, int n) {
    for (int u = 0; u < n; u++) {
      float reset = r[rAt + u];
      dr[drAt + u] = d[dAt + u] * a[aAt + u] * (reset * (1 - reset));
    }
  }

  @Override
  public void addProduct(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        sum += w[wAt + i * columns + j] * x[xAt + j];
      }
      y[yAt + i] += sum;
    }
  }

  @Override
  public void addTransposed(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    for (int i = 0; i < rows; i++) {
      float scale = x[xAt + i];
      for (int j = 0; j < columns; j++) {
        y[yAt + j] += scale * w[wAt + i * columns + j];
      }
    }
  }
}
