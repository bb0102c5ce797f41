package dev.kiln.cpu;

import dev.kiln.backend.Cell;
import java.util.Arrays;

/** The cells' arithmetic in plain Java. */
final class ScalarGates implements Gates {
  private static final int PANEL = 8;

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void sigmoid(RecurrentBlock b, int slot, int slots, int from, int to) {
    for (int row = from; row < to; row++) {
      int at = b.gates(row) + slot * b.units;
      for (int u = at; u < at + slots * b.units; u++) {
        b.data[u] = (float) ScalarFunctions.sigmoid(b.data[u]);
      }
    }
  }

  @Override
  public void tanh(RecurrentBlock b, int slot, int from, int to) {
    for (int row = from; row < to; row++) {
      int at = b.gates(row) + slot * b.units;
      for (int u = at; u < at + b.units; u++) {
        b.data[u] = (float) Math.tanh(b.data[u]);
      }
    }
  }

  @Override
  public void tanhState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int u = 0; u < b.units; u++) {
        b.data[b.h(row) + u] = (float) Math.tanh(b.data[b.gates(row) + u]);
      }
    }
  }

  @Override
  public void reluState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int u = 0; u < b.units; u++) {
        b.data[b.h(row) + u] = Math.max(b.data[b.gates(row) + u], 0);
      }
    }
  }

  @Override
  public void lstmState(RecurrentBlock b, int from, int to) {
    int n = b.units;
    for (int row = from; row < to; row++) {
      for (int u = 0; u < n; u++) {
        int i = b.gates(row) + u;
        int c = b.c(row) + u;
        b.data[c] = b.data[i + n] * b.data[c] + b.data[i] * b.data[i + 2 * n];
        b.data[b.h(row) + u] = b.data[i + 3 * n] * (float) Math.tanh(b.data[c]);
      }
    }
  }

  @Override
  public void gruState(RecurrentBlock b, int from, int to) {
    int n = b.units;
    for (int row = from; row < to; row++) {
      for (int u = 0; u < n; u++) {
        int r = b.gates(row) + u;
        float product = b.data[r + 2 * n];
        b.data[r + 2 * n] = (float) Math.tanh(b.data[r + 3 * n] + b.data[r] * product);
        blend(b, r, b.h(row) + u);
      }
    }
  }

  private static void blend(RecurrentBlock b, int r, int h) {
    float z = b.data[r + b.units];
    b.data[h] = (1 - z) * b.data[r + 2 * b.units] + z * b.data[h];
  }

  @Override
  public void resetState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int u = 0; u < b.units; u++) {
        b.data[b.c(row) + u] = b.data[b.gates(row) + u] * b.data[b.h(row) + u];
      }
    }
  }

  @Override
  public void resetFirstState(RecurrentBlock b, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int u = 0; u < b.units; u++) {
        int n = b.gates(row) + 2 * b.units + u;
        b.data[n] = (float) Math.tanh(b.data[n]);
        blend(b, b.gates(row) + u, b.h(row) + u);
      }
    }
  }

  @Override
  public void tanhGradient(RecurrentBlock b, Strided y, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int u = 0; u < b.units; u++) {
        float tanh = y.data()[y.at(row - from) + u];
        b.data[b.gates(row) + u] = b.data[b.h(row) + u] * (1 - tanh * tanh);
      }
      Arrays.fill(b.data, b.h(row), b.h(row) + b.units, 0);
    }
  }

  @Override
  public void reluGradient(RecurrentBlock b, Strided y, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int u = 0; u < b.units; u++) {
        boolean off = y.data()[y.at(row - from) + u] <= 0;
        b.data[b.gates(row) + u] = off ? 0 : b.data[b.h(row) + u];
      }
      Arrays.fill(b.data, b.h(row), b.h(row) + b.units, 0);
    }
  }

  @Override
  public void lstmGradient(RecurrentBlock b, Strided gates, Strided cells, int from, int to) {
    int n = b.units;
    for (int row = from; row < to; row++) {
      int at = gates.at(row - from);
      for (int u = 0; u < n; u++) {
        float i = gates.data()[at + u];
        float f = gates.data()[at + n + u];
        float g = gates.data()[at + 2 * n + u];
        float o = gates.data()[at + 3 * n + u];
        float before = cells.data()[cells.at(row - from) + u];
        float tanh = (float) Math.tanh(f * before + i * g);
        float up = b.data[b.h(row) + u];
        float d = b.data[b.c(row) + u] + up * o * (1 - tanh * tanh);
        int to0 = b.gates(row) + u;
        b.data[to0] = d * g * (i * (1 - i));
        b.data[to0 + n] = d * before * (f * (1 - f));
        b.data[to0 + 2 * n] = d * i * (1 - g * g);
        b.data[to0 + 3 * n] = up * tanh * (o * (1 - o));
        b.data[b.c(row) + u] = d * f;
        b.data[b.h(row) + u] = 0;
      }
    }
  }

  @Override
  public void gruGradient(
      RecurrentBlock b, Strided gates, Strided h, Strided product, int from, int to) {
    int n = b.units;
    resetFirstGradient(b, gates, h, from, to);
    for (int row = from; row < to; row++) {
      for (int u = 0; u < n; u++) {
        float r = gates.data()[gates.at(row - from) + u];
        int at = b.gates(row) + u;
        float d = b.data[at + 2 * n];
        b.data[at] = d * product.data()[product.at(row - from) + u] * (r * (1 - r));
        b.data[at + 3 * n] = d;
        b.data[at + 2 * n] = d * r;
      }
    }
  }

  @Override
  public void resetFirstGradient(RecurrentBlock b, Strided gates, Strided h, int from, int to) {
    int n = b.units;
    for (int row = from; row < to; row++) {
      int at = gates.at(row - from);
      for (int u = 0; u < n; u++) {
        float z = gates.data()[at + n + u];
        float candidate = gates.data()[at + 2 * n + u];
        float up = b.data[b.h(row) + u];
        float before = h.data()[h.at(row - from) + u];
        b.data[b.gates(row) + n + u] = up * (before - candidate) * (z * (1 - z));
        b.data[b.gates(row) + 2 * n + u] = up * (1 - z) * (1 - candidate * candidate);
        b.data[b.h(row) + u] = up * z;
      }
    }
  }

  @Override
  public void resetGradient(RecurrentBlock b, Strided gates, Strided h, int from, int to) {
    for (int row = from; row < to; row++) {
      for (int u = 0; u < b.units; u++) {
        float r = gates.data()[gates.at(row - from) + u];
        float d = b.data[b.c(row) + u];
        b.data[b.gates(row) + u] = d * h.data()[h.at(row - from) + u] * (r * (1 - r));
        b.data[b.h(row) + u] += r * d;
      }
    }
  }

  @Override
  public void copy(float[] x, int xAt, float[] y, int yAt, int n) {
    System.arraycopy(x, xAt, y, yAt, n);
  }

  @Override
  public void plainSteps(Cell cell, RecurrentBlock b, int steps, int bias, Slots w, int hidden) {
    for (int row = 1; row <= steps; row++) {
      int gates = b.gates(row);
      for (int u = 0; u < b.units; u++) {
        b.data[gates + u] += b.data[bias + u];
      }
      addRow(hidden, b.units, b.data, b.h(row - 1), w.data(), w.offset(), b.data, gates);
      if (cell == Cell.RNN_TANH) {
        tanhState(b, row, row + 1);
      } else {
        reluState(b, row, row + 1);
      }
    }
  }

  @Override
  public void plainGradientSteps(
      Cell cell, RecurrentBlock b, int steps, Slots kept, Slots w, int hidden) {
    for (int row = steps; row > 0; row--) {
      add(kept.data(), kept.at(row - 1, 1), b.data, b.h(row), b.units);
      Strided y = new Strided(b.data, kept.at(row - 1, 0), 0);
      if (cell == Cell.RNN_TANH) {
        tanhGradient(b, y, row, row + 1);
      } else {
        reluGradient(b, y, row, row + 1);
      }
      Arrays.fill(b.data, b.h(row - 1), b.h(row - 1) + b.units, 0);
      addRow(hidden, b.units, b.data, b.gates(row), w.data(), w.offset(), b.data, b.h(row - 1));
    }
  }

  @Override
  public void widen(Slots from, Slots to, int rows, int slots, int n, int units) {
    for (int row = 0; row < rows; row++) {
      for (int slot = 0; slot < slots; slot++) {
        int at = to.at(row, slot);
        System.arraycopy(from.data(), from.at(row, slot), to.data(), at, n);
        Arrays.fill(to.data(), at + n, at + units, 0);
      }
    }
  }

  @Override
  public void narrow(Slots from, Slots to, int rows, int slots, int n, int end) {
    for (int row = 0; row < rows; row++) {
      for (int slot = 0; slot < slots; slot++) {
        System.arraycopy(from.data(), from.at(row, slot), to.data(), to.at(row, slot), n);
      }
    }
  }

  @Override
  public void add(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] += x[xAt + i];
    }
  }

  @Override
  public int panelWidth(int left) {
    return Math.min(PANEL, left);
  }

  @Override
  public void addRow(
      int k, int n, float[] x, int xAt, float[] panels, int panelsAt, float[] y, int yAt) {
    for (int j = 0; j < n; j += PANEL) {
      addTransposed(panels, panelsAt + j * k, k, panelWidth(n - j), x, xAt, y, yAt + j);
    }
  }

  @Override
  public void addProduct(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    for (int i = 0; i < rows; i++) {
      float sum = y[yAt + i];
      for (int j = 0; j < columns; j++) {
        sum += w[wAt + i * columns + j] * x[xAt + j];
      }
      y[yAt + i] = sum;
    }
  }

  @Override
  public void addDots(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt) {
    addProduct(w, wAt, rows, columns, x, xAt, y, yAt);
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
