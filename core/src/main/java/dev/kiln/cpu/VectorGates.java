package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import dev.kiln.backend.Cell;
import dev.kiln.backend.Unary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The cells' arithmetic in the Vector API. Exponentials are left to {@link VectorFunctions}, whose
 * loops C2 compiles one by one: with one of them and more in a body it passes what it is willing to
 * inline, and every vector becomes an object.
 */
final class VectorGates implements Gates {
  private static final int PANEL = 8 * LANES;

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public void sigmoid(RecurrentBlock b, int slot, int slots, int from, int to) {
    for (int row = from; row < to; row++) {
      int at = b.gates(row) + slot * b.units;
      VectorFunctions.apply(Unary.SIGMOID, b.data, at, b.data, at, slots * b.units);
    }
  }

  @Override
  public void tanh(RecurrentBlock b, int slot, int from, int to) {
    for (int row = from; row < to; row++) {
      int at = b.gates(row) + slot * b.units;
      tanh(b.data, at, at, b.units);
    }
  }

  @Override
  public void tanhState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      tanh(b.data, b.gates(row), b.h(row), b.units);
    }
  }

  private static void tanh(float[] x, int from, int to, int n) {
    VectorFunctions.apply(Unary.TANH, x, from, x, to, n);
  }

  @Override
  public void reluState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      relu(b.data, b.gates(row), b.h(row), b.units);
    }
  }

  private static void relu(float[] x, int from, int to, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int u = 0; u < n; u += LANES) {
      FloatVector v = load(x, from + u);
      v.blend(zero, v.compare(VectorOperators.LE, zero)).intoArray(x, to + u);
    }
  }

  @Override
  public void lstmState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      lstmCell(b.data, b.gates(row), b.data, b.c(row), b.c(row), b.data, b.units);
      tanh(b.data, b.c(row), b.h(row), b.units);
      multiply(b.data, b.gates(row) + 3 * b.units, b.h(row), b.h(row), b.units);
    }
  }

  private static void lstmCell(
      float[] gates, int at, float[] c, int cAt, int to, float[] next, int n) {
    for (int u = 0; u < n; u += LANES) {
      FloatVector i = load(gates, at + u);
      FloatVector f = load(gates, at + n + u);
      FloatVector g = load(gates, at + 2 * n + u);
      f.fma(load(c, cAt + u), i.mul(g)).intoArray(next, to + u);
    }
  }

  private static void multiply(float[] x, int a, int b, int to, int n) {
    for (int u = 0; u < n; u += LANES) {
      load(x, a + u).mul(load(x, b + u)).intoArray(x, to + u);
    }
  }

  @Override
  public void gruState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      int n = b.gates(row) + 2 * b.units;
      multiplyAdd(b.data, b.gates(row), n, n + b.units, n, b.units);
      tanh(b.data, n, n, b.units);
      blend(b.data, b.gates(row) + b.units, n, b.h(row), b.units);
    }
  }

  private static void multiplyAdd(float[] x, int a, int b, int c, int to, int n) {
    for (int u = 0; u < n; u += LANES) {
      load(x, a + u).fma(load(x, b + u), load(x, c + u)).intoArray(x, to + u);
    }
  }

  /** {@code h = n + z (h - n)}. */
  private static void blend(float[] x, int z, int candidate, int h, int n) {
    for (int u = 0; u < n; u += LANES) {
      FloatVector v = load(x, candidate + u);
      load(x, z + u).fma(load(x, h + u).sub(v), v).intoArray(x, h + u);
    }
  }

  @Override
  public void resetState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      multiply(b.data, b.gates(row), b.h(row), b.c(row), b.units);
    }
  }

  @Override
  public void resetFirstState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      int n = b.gates(row) + 2 * b.units;
      tanh(b.data, n, n, b.units);
      blend(b.data, b.gates(row) + b.units, n, b.h(row), b.units);
    }
  }

  @Override
  public void tanhGradient(RecurrentBlock b, Strided y, int from, int to) {
    for (int row = from; row < to; row++) {
      tanhGradient(b.data, b.gates(row), b.h(row), y.data(), y.at(row - from), b.units);
    }
  }

  private static void tanhGradient(float[] x, int gates, int dh, float[] y, int yAt, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int u = 0; u < n; u += LANES) {
      FloatVector tanh = load(y, yAt + u);
      load(x, dh + u).mul(one.sub(tanh.mul(tanh))).intoArray(x, gates + u);
      zero.intoArray(x, dh + u);
    }
  }

  @Override
  public void reluGradient(RecurrentBlock b, Strided y, int from, int to) {
    for (int row = from; row < to; row++) {
      reluGradient(b.data, b.gates(row), b.h(row), y.data(), y.at(row - from), b.units);
    }
  }

  private static void reluGradient(float[] x, int gates, int dh, float[] y, int yAt, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int u = 0; u < n; u += LANES) {
      FloatVector up = load(x, dh + u);
      up.blend(zero, load(y, yAt + u).compare(VectorOperators.LE, zero)).intoArray(x, gates + u);
      zero.intoArray(x, dh + u);
    }
  }

  @Override
  public void lstmGradient(RecurrentBlock b, Strided gates, Strided cells, int from, int to) {
    int n = b.units;
    for (int row = from; row < to; row++) {
      int at = gates.at(row - from);
      int c = cells.at(row - from);
      int squashed = b.gates(row) + 3 * n; // where o's gradient will be
      lstmCell(gates.data(), at, cells.data(), c, squashed, b.data, n);
      tanh(b.data, squashed, squashed, n);
      lstmGradient(b.data, b.gates(row), b.c(row), b.h(row), gates.data(), at, cells.data(), c, n);
    }
  }

  private static void lstmGradient(
      float[] x, int to, int dc, int dh, float[] gates, int at, float[] cells, int c, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int u = 0; u < n; u += LANES) {
      FloatVector i = load(gates, at + u);
      FloatVector f = load(gates, at + n + u);
      FloatVector g = load(gates, at + 2 * n + u);
      FloatVector o = load(gates, at + 3 * n + u);
      FloatVector tanh = load(x, to + 3 * n + u);
      FloatVector up = load(x, dh + u);
      FloatVector d = up.mul(o).fma(one.sub(tanh.mul(tanh)), load(x, dc + u));
      d.mul(g).mul(i.mul(one.sub(i))).intoArray(x, to + u);
      d.mul(load(cells, c + u)).mul(f.mul(one.sub(f))).intoArray(x, to + n + u);
      d.mul(i).mul(one.sub(g.mul(g))).intoArray(x, to + 2 * n + u);
      up.mul(tanh).mul(o.mul(one.sub(o))).intoArray(x, to + 3 * n + u);
      d.mul(f).intoArray(x, dc + u);
      zero.intoArray(x, dh + u);
    }
  }

  @Override
  public void gruGradient(
      RecurrentBlock b, Strided gates, Strided h, Strided product, int from, int to) {
    for (int row = from; row < to; row++) {
      int i = row - from;
      int at = gates.at(i);
      blendGradient(b, row, gates.data(), at, h.data(), h.at(i));
      gruReset(b.data, b.gates(row), gates.data(), at, product.data(), product.at(i), b.units);
    }
  }

  private static void gruReset(
      float[] x, int to, float[] gates, int at, float[] product, int productAt, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int u = 0; u < n; u += LANES) {
      FloatVector r = load(gates, at + u);
      FloatVector d = load(x, to + 2 * n + u);
      d.mul(load(product, productAt + u)).mul(r.mul(one.sub(r))).intoArray(x, to + u);
      d.intoArray(x, to + 3 * n + u);
      d.mul(r).intoArray(x, to + 2 * n + u);
    }
  }

  @Override
  public void resetFirstGradient(RecurrentBlock b, Strided gates, Strided h, int from, int to) {
    for (int row = from; row < to; row++) {
      blendGradient(b, row, gates.data(), gates.at(row - from), h.data(), h.at(row - from));
    }
  }

  private static void blendGradient(
      RecurrentBlock b, int row, float[] gates, int at, float[] h, int hAt) {
    float[] x = b.data;
    int n = b.units;
    int dh = b.h(row);
    int to = b.gates(row);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int u = 0; u < n; u += LANES) {
      FloatVector z = load(gates, at + n + u);
      FloatVector candidate = load(gates, at + 2 * n + u);
      FloatVector up = load(x, dh + u);
      FloatVector rest = one.sub(z);
      up.mul(load(h, hAt + u).sub(candidate)).mul(z.mul(rest)).intoArray(x, to + n + u);
      up.mul(rest).mul(one.sub(candidate.mul(candidate))).intoArray(x, to + 2 * n + u);
      up.mul(z).intoArray(x, dh + u);
    }
  }

  @Override
  public void resetGradient(RecurrentBlock b, Strided gates, Strided h, int from, int to) {
    for (int row = from; row < to; row++) {
      resetGradient(b, row, gates.data(), gates.at(row - from), h.data(), h.at(row - from));
    }
  }

  private static void resetGradient(
      RecurrentBlock b, int row, float[] gates, int at, float[] h, int hAt) {
    float[] x = b.data;
    int dh = b.h(row);
    int dc = b.c(row);
    int to = b.gates(row);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int u = 0; u < b.units; u += LANES) {
      FloatVector r = load(gates, at + u);
      FloatVector d = load(x, dc + u);
      d.mul(load(h, hAt + u)).mul(r.mul(one.sub(r))).intoArray(x, to + u);
      r.fma(d, load(x, dh + u)).intoArray(x, dh + u);
    }
  }

  @Override
  public void copy(float[] x, int xAt, float[] y, int yAt, int n) {
    VectorRows.copy(x, xAt, y, yAt, n);
  }

  @Override
  public void plainSteps(Cell cell, RecurrentBlock b, int steps, int bias, Slots w, int hidden) {
    if (cell == Cell.RNN_TANH) {
      VectorRnn.tanh(b.data, bias, b.gates(1), b.h(0), steps, w, hidden);
    } else {
      VectorRnn.relu(b.data, bias, b.gates(1), b.h(0), steps, w, hidden);
    }
  }

  @Override
  public void plainGradientSteps(
      Cell cell, RecurrentBlock b, int steps, Slots kept, Slots w, int hidden) {
    if (cell == Cell.RNN_TANH) {
      VectorRnn.tanhGradient(b.data, b.h(0), kept, b.gates(1), steps, w, hidden);
    } else {
      VectorRnn.reluGradient(b.data, b.h(0), kept, b.gates(1), steps, w, hidden);
    }
  }

  @Override
  public void widen(Slots from, Slots to, int rows, int slots, int n, int units) {
    VectorRows.widen(from, to, rows, slots, n, units);
  }

  @Override
  public void narrow(Slots from, Slots to, int rows, int slots, int n, int end) {
    VectorRows.narrow(from, to, rows, slots, n, end);
  }

  @Override
  public void add(float[] x, int xAt, float[] y, int yAt, int n) {
    VectorRows.add(x, xAt, y, yAt, n);
  }

  @Override
  public int panelWidth(int left) {
    return left >= PANEL ? PANEL : left >= PANEL / 2 ? PANEL / 2 : LANES;
  }

  @Override
  public void addRow(
      int k, int n, float[] x, int xAt, float[] panels, int panelsAt, float[] y, int yAt) {
    int width;
    for (int j = 0; j < n; j += width) {
      width = panelWidth(n - j);
      if (width == PANEL) {
        addEight(k, x, xAt, panels, panelsAt + j * k, y, yAt + j);
      } else if (width == LANES) {
        addOne(k, x, xAt, panels, panelsAt + j * k, y, yAt + j);
      } else {
        addFour(k, x, xAt, panels, panelsAt + j * k, y, yAt + j);
      }
    }
  }

  private static void addEight(int k, float[] x, int xAt, float[] w, int at, float[] y, int yAt) {
    FloatVector s0 = load(y, yAt);
    FloatVector s1 = load(y, yAt + LANES);
    FloatVector s2 = load(y, yAt + 2 * LANES);
    FloatVector s3 = load(y, yAt + 3 * LANES);
    FloatVector s4 = load(y, yAt + 4 * LANES);
    FloatVector s5 = load(y, yAt + 5 * LANES);
    FloatVector s6 = load(y, yAt + 6 * LANES);
    FloatVector s7 = load(y, yAt + 7 * LANES);
    for (int i = 0; i < k; i++) {
      FloatVector a = FloatVector.broadcast(SPECIES, x[xAt + i]);
      s0 = a.fma(load(w, at + i * PANEL), s0);
      s1 = a.fma(load(w, at + i * PANEL + LANES), s1);
      s2 = a.fma(load(w, at + i * PANEL + 2 * LANES), s2);
      s3 = a.fma(load(w, at + i * PANEL + 3 * LANES), s3);
      s4 = a.fma(load(w, at + i * PANEL + 4 * LANES), s4);
      s5 = a.fma(load(w, at + i * PANEL + 5 * LANES), s5);
      s6 = a.fma(load(w, at + i * PANEL + 6 * LANES), s6);
      s7 = a.fma(load(w, at + i * PANEL + 7 * LANES), s7);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + LANES);
    s2.intoArray(y, yAt + 2 * LANES);
    s3.intoArray(y, yAt + 3 * LANES);
    s4.intoArray(y, yAt + 4 * LANES);
    s5.intoArray(y, yAt + 5 * LANES);
    s6.intoArray(y, yAt + 6 * LANES);
    s7.intoArray(y, yAt + 7 * LANES);
  }

  private static void addFour(int k, float[] x, int xAt, float[] w, int at, float[] y, int yAt) {
    FloatVector s0 = load(y, yAt);
    FloatVector s1 = load(y, yAt + LANES);
    FloatVector s2 = load(y, yAt + 2 * LANES);
    FloatVector s3 = load(y, yAt + 3 * LANES);
    for (int i = 0; i < k; i++) {
      FloatVector a = FloatVector.broadcast(SPECIES, x[xAt + i]);
      s0 = a.fma(load(w, at + i * 4 * LANES), s0);
      s1 = a.fma(load(w, at + i * 4 * LANES + LANES), s1);
      s2 = a.fma(load(w, at + i * 4 * LANES + 2 * LANES), s2);
      s3 = a.fma(load(w, at + i * 4 * LANES + 3 * LANES), s3);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + LANES);
    s2.intoArray(y, yAt + 2 * LANES);
    s3.intoArray(y, yAt + 3 * LANES);
  }

  private static void addOne(int k, float[] x, int xAt, float[] w, int at, float[] y, int yAt) {
    FloatVector sum = load(y, yAt);
    for (int i = 0; i < k; i++) {
      sum = FloatVector.broadcast(SPECIES, x[xAt + i]).fma(load(w, at + i * LANES), sum);
    }
    sum.intoArray(y, yAt);
  }

  /** Several chains at a time, each in the order of the columns, as tiles have it. */
  @Override
  public void addProduct(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    int whole = rows & -4;
    for (int i = 0; i < whole; i += 4) {
      addFourProducts(w, wAt + i * columns, columns, x, xAt, y, yAt + i);
    }
    for (int i = whole; i < rows; i++) {
      float sum = y[yAt + i];
      for (int j = 0; j < columns; j++) {
        sum = Math.fma(w[wAt + i * columns + j], x[xAt + j], sum);
      }
      y[yAt + i] = sum;
    }
  }

  private static void addFourProducts(
      float[] w, int at, int columns, float[] x, int xAt, float[] y, int yAt) {
    float s0 = y[yAt];
    float s1 = y[yAt + 1];
    float s2 = y[yAt + 2];
    float s3 = y[yAt + 3];
    int w1 = at + columns;
    int w2 = w1 + columns;
    int w3 = w2 + columns;
    for (int j = 0; j < columns; j++) {
      float a = x[xAt + j];
      s0 = Math.fma(w[at + j], a, s0);
      s1 = Math.fma(w[w1 + j], a, s1);
      s2 = Math.fma(w[w2 + j], a, s2);
      s3 = Math.fma(w[w3 + j], a, s3);
    }
    y[yAt] = s0;
    y[yAt + 1] = s1;
    y[yAt + 2] = s2;
    y[yAt + 3] = s3;
  }

  @Override
  public void addDots(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    float[] lanes = Scratch.ofThread().array(Scratch.Role.LANES, 4 * LANES);
    int whole = SPECIES.loopBound(columns);
    for (int i = 0; i < rows; i += 4) {
      // where fewer than four rows are left, the last of them several times
      int count = Math.min(4, rows - i);
      int at = wAt + i * columns;
      int step1 = Math.min(1, count - 1) * columns;
      int step2 = Math.min(2, count - 1) * columns;
      int step3 = (count - 1) * columns;
      dotFour(w, at, at + step1, at + step2, at + step3, whole, x, xAt, lanes);
      for (int r = 0; r < count; r++) {
        float sum = 0;
        for (int j = 0; j < LANES; j++) {
          sum += lanes[r * LANES + j];
        }
        for (int j = whole; j < columns; j++) {
          sum += w[at + r * columns + j] * x[xAt + j];
        }
        y[yAt + i + r] += sum;
      }
    }
  }

  private static void dotFour(
      float[] w, int w0, int w1, int w2, int w3, int n, float[] x, int xAt, float[] lanes) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int j = 0; j < n; j += LANES) {
      FloatVector v = load(x, xAt + j);
      s0 = v.fma(load(w, w0 + j), s0);
      s1 = v.fma(load(w, w1 + j), s1);
      s2 = v.fma(load(w, w2 + j), s2);
      s3 = v.fma(load(w, w3 + j), s3);
    }
    s0.intoArray(lanes, 0);
    s1.intoArray(lanes, LANES);
    s2.intoArray(lanes, 2 * LANES);
    s3.intoArray(lanes, 3 * LANES);
  }

  @Override
  public void addTransposed(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    int whole = SPECIES.loopBound(columns);
    for (int j = 0; j < whole; j += LANES) {
      FloatVector sums = load(y, yAt + j);
      for (int i = 0; i < rows; i++) {
        FloatVector scale = FloatVector.broadcast(SPECIES, x[xAt + i]);
        sums = scale.fma(load(w, wAt + i * columns + j), sums);
      }
      sums.intoArray(y, yAt + j);
    }
    if (whole < columns) {
      for (int i = 0; i < rows; i++) {
        float scale = x[xAt + i];
        for (int j = whole; j < columns; j++) {
          y[yAt + j] = Math.fma(scale, w[wAt + i * columns + j], y[yAt + j]);
        }
      }
    }
  }
}
