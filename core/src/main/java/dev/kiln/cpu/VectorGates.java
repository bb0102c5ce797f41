package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import jdk.incubator.vector.FloatVector;

/** The cells' arithmetic in the Vector API: whole vectors, and the rest by the plain loops. */
final class VectorGates implements Gates {
  private final ScalarGates rest = new ScalarGates();

  @Override
  public void lstmCell(
      float[] gates, int gatesAt, float[] c, int cAt, float[] next, int nextAt, int n) {
    int whole = SPECIES.loopBound(n);
    for (int u = 0; u < whole; u += LANES) {
      FloatVector i = load(gates, gatesAt + u);
      FloatVector f = load(gates, gatesAt + n + u);
      FloatVector g = load(gates, gatesAt + 2 * n + u);
      f.mul(load(c, cAt + u)).add(i.mul(g)).intoArray(next, nextAt + u);
    }
    rest.lstmCell(gates, gatesAt, c, cAt, next, nextAt, whole, n, n);
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
    int whole = SPECIES.loopBound(n);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int u = 0; u < whole; u += LANES) {
      FloatVector i = load(gates, gatesAt + u);
      FloatVector f = load(gates, gatesAt + n + u);
      FloatVector g = load(gates, gatesAt + 2 * n + u);
      FloatVector o = load(gates, gatesAt + 3 * n + u);
      FloatVector tanh = load(squashed, squashedAt + u);
      FloatVector up = load(dh, dhAt + u);
      FloatVector d = load(dc, dcAt + u).add(up.mul(o).mul(one.sub(tanh.mul(tanh))));
      d.mul(g).mul(i.mul(one.sub(i))).intoArray(dgates, dgatesAt + u);
      d.mul(load(c, cAt + u)).mul(f.mul(one.sub(f))).intoArray(dgates, dgatesAt + n + u);
      d.mul(i).mul(one.sub(g.mul(g))).intoArray(dgates, dgatesAt + 2 * n + u);
      up.mul(tanh).mul(o.mul(one.sub(o))).intoArray(dgates, dgatesAt + 3 * n + u);
      d.mul(f).intoArray(dc, dcAt + u);
    }
    rest.lstmGradient(
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
        whole,
        n,
        n);
  }

  @Override
  public void multiplyAdd(
      float[] a, int aAt, float[] b, int bAt, float[] x, int xAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    for (int u = 0; u < whole; u += LANES) {
      load(x, xAt + u).add(load(a, aAt + u).mul(load(b, bAt + u))).intoArray(y, yAt + u);
    }
    rest.multiplyAdd(a, aAt + whole, b, bAt + whole, x, xAt + whole, y, yAt + whole, n - whole);
  }

  @Override
  public void gruState(float[] gates, int gatesAt, float[] h, int hAt, int n) {
    int whole = SPECIES.loopBound(n);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int u = 0; u < whole; u += LANES) {
      FloatVector z = load(gates, gatesAt + n + u);
      FloatVector candidate = load(gates, gatesAt + 2 * n + u);
      one.sub(z).mul(candidate).add(z.mul(load(h, hAt + u))).intoArray(h, hAt + u);
    }
    rest.gruState(gates, gatesAt, h, hAt, whole, n, n);
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
    int whole = SPECIES.loopBound(n);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int u = 0; u < whole; u += LANES) {
      FloatVector z = load(gates, gatesAt + n + u);
      FloatVector candidate = load(gates, gatesAt + 2 * n + u);
      FloatVector up = load(dh, dhAt + u);
      up.mul(load(h, hAt + u).sub(candidate))
          .mul(z.mul(one.sub(z)))
          .intoArray(dgates, dgatesAt + n + u);
      up.mul(one.sub(z))
          .mul(one.sub(candidate.mul(candidate)))
          .intoArray(dgates, dgatesAt + 2 * n + u);
      up.mul(z).intoArray(dh, dhAt + u);
    }
    rest.gruGradient(gates, gatesAt, h, hAt, dh, dhAt, dgates, dgatesAt, whole, n, n);
  }

  @Override
  public void resetGradient(
      float[] r, int rAt, float[] a, int aAt, float[] d, int dAt, float[] dr, int drAt, int n) {
    int whole = SPECIES.loopBound(n);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int u = 0; u < whole; u += LANES) {
      FloatVector reset = load(r, rAt + u);
      load(d, dAt + u).mul(load(a, aAt + u)).mul(reset.mul(one.sub(reset))).intoArray(dr, drAt + u);
    }
    rest.resetGradient(r, rAt + whole, a, aAt + whole, d, dAt + whole, dr, drAt + whole, n - whole);
  }

  @Override
  public void addProduct(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    if (columns < 2 * LANES) {
      rest.addProduct(w, wAt, rows, columns, x, xAt, y, yAt);
      return;
    }
    int whole = SPECIES.loopBound(columns);
    float[] lanes = Scratch.ofThread().array(Scratch.Role.LANES, LANES);
    for (int i = 0; i < rows; i++) {
      int at = wAt + i * columns;
      FloatVector sums = FloatVector.zero(SPECIES);
      for (int j = 0; j < whole; j += LANES) {
        sums = load(w, at + j).fma(load(x, xAt + j), sums);
      }
      sums.intoArray(lanes, 0);
      float sum = 0;
      for (int j = 0; j < LANES; j++) {
        sum += lanes[j];
      }
      for (int j = whole; j < columns; j++) {
        sum += w[at + j] * x[xAt + j];
      }
      y[yAt + i] += sum;
    }
  }

  @Override
  public void addTransposed(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    int whole = SPECIES.loopBound(columns);
    for (int j = 0; j < whole; j += LANES) {
      FloatVector sums = load(y, yAt + j);
      for (int i = 0; i < rows; i++) {
        sums = load(w, wAt + i * columns + j).mul(x[xAt + i]).add(sums);
      }
      sums.intoArray(y, yAt + j);
    }
    if (whole < columns) {
      for (int i = 0; i < rows; i++) {
        float scale = x[xAt + i];
        for (int j = whole; j < columns; j++) {
          y[yAt + j] += scale * w[wAt + i * columns + j];
        }
      }
    }
  }
}
