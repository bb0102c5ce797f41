package dev.kiln.cases;

import dev.kiln.backend.Cell;

/**
 * Recurrent layers in slow double precision, written from the formulas at {@link Cell}: sequence
 * after sequence, unit after unit.
 *
 * @param lengths of the sequences; null if all are whole
 */
record RnnOracle(
    Cell cell,
    int steps,
    int batch,
    int in,
    int hidden,
    int layers,
    boolean bidirectional,
    boolean batchFirst,
    boolean biased,
    boolean stated,
    int[] lengths) {

  int directions() {
    return bidirectional ? 2 : 1;
  }

  int gates() {
    return cell.gates();
  }

  /** Inputs before the weights: x, and the states if there are any. */
  int firstWeight() {
    return stated ? cell.hasCellState() ? 3 : 2 : 1;
  }

  /** Inputs for each direction of each layer. */
  int perDirection() {
    return biased ? 4 : 2;
  }

  private int row(int t, int b) {
    return batchFirst ? b * steps + t : t * batch + b;
  }

  /** Output, hidden states and, for an LSTM, cell states at the end, one after the other. */
  double[] compute(double[][] inputs) {
    int states = layers * directions() * batch * hidden;
    int width = directions() * hidden;
    double[] h = new double[states];
    double[] c = new double[states];
    double[] x = inputs[0];
    for (int layer = 0; layer < layers; layer++) {
      double[] y = new double[steps * batch * width];
      for (int direction = 0; direction < directions(); direction++) {
        int at = layer * directions() + direction;
        for (int b = 0; b < batch; b++) {
          sequence(inputs, x, layer == 0 ? in : width, at, direction, b, y, h, c);
        }
      }
      x = y;
    }
    double[] all = new double[x.length + (cell.hasCellState() ? 2 : 1) * states];
    System.arraycopy(x, 0, all, 0, x.length);
    System.arraycopy(h, 0, all, x.length, states);
    if (cell.hasCellState()) {
      System.arraycopy(c, 0, all, x.length + states, states);
    }
    return all;
  }

  private void sequence(
      double[][] inputs,
      double[] x,
      int in,
      int at,
      int direction,
      int b,
      double[] y,
      double[] lastH,
      double[] lastC) {
    int stateAt = (at * batch + b) * hidden;
    double[] h = new double[hidden];
    double[] c = new double[hidden];
    for (int u = 0; stated && u < hidden; u++) {
      h[u] = inputs[1][stateAt + u];
      c[u] = cell.hasCellState() ? inputs[2][stateAt + u] : 0;
    }
    int length = lengths == null ? steps : lengths[b];
    for (int s = 0; s < length; s++) {
      int row = row(direction == 1 ? length - 1 - s : s, b);
      step(inputs, x, row * in, in, firstWeight() + at * perDirection(), h, c);
      System.arraycopy(h, 0, y, (row * directions() + direction) * hidden, hidden);
    }
    System.arraycopy(h, 0, lastH, stateAt, hidden);
    System.arraycopy(c, 0, lastC, stateAt, hidden);
  }

  /** One step; {@code h} and {@code c} become the new states. */
  private void step(
      double[][] inputs, double[] x, int xAt, int in, int weight, double[] h, double[] c) {
    int rows = gates() * hidden;
    double[] fromInput = new double[rows];
    double[] fromState = new double[rows];
    for (int r = 0; r < rows; r++) {
      fromInput[r] = biased ? inputs[weight + 2][r] : 0;
      for (int j = 0; j < in; j++) {
        fromInput[r] += inputs[weight][r * in + j] * x[xAt + j];
      }
      fromState[r] = fromState(inputs, weight, r, h);
    }
    double[] before = h.clone();
    double[] reset = new double[hidden];
    for (int u = 0; u < hidden; u++) {
      double first = fromInput[u] + fromState[u];
      reset[u] = sigmoid(first) * before[u];
    }
    for (int u = 0; u < hidden; u++) {
      int z = hidden + u;
      int n = 2 * hidden + u;
      double first = fromInput[u] + fromState[u];
      switch (cell) {
        case RNN_TANH -> h[u] = Math.tanh(first);
        case RNN_RELU -> h[u] = Math.max(first, 0);
        case LSTM -> {
          double forget = sigmoid(fromInput[z] + fromState[z]);
          double candidate = Math.tanh(fromInput[n] + fromState[n]);
          c[u] = forget * c[u] + sigmoid(first) * candidate;
          h[u] = sigmoid(fromInput[n + hidden] + fromState[n + hidden]) * Math.tanh(c[u]);
        }
        case GRU, GRU_RESET_FIRST -> {
          double product =
              cell == Cell.GRU
                  ? sigmoid(first) * fromState[n]
                  : fromState(inputs, weight, n, reset);
          double keep = sigmoid(fromInput[z] + fromState[z]);
          h[u] = (1 - keep) * Math.tanh(fromInput[n] + product) + keep * before[u];
        }
      }
    }
  }

  private double fromState(double[][] inputs, int weight, int row, double[] h) {
    double sum = biased ? inputs[weight + 3][row] : 0;
    for (int j = 0; j < hidden; j++) {
      sum += inputs[weight + 1][row * hidden + j] * h[j];
    }
    return sum;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
