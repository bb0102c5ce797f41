package dev.kiln.cpu;

import dev.kiln.backend.Cell;

/**
 * The arithmetic between the gates and states of recurrent cells, once in plain Java and once in
 * the Vector API. What is computed is said at {@link dev.kiln.backend.Cell}.
 *
 * <p>Most work in a {@link RecurrentBlock}, on rows {@code from … to - 1}: forward its slots go
 * from the sums of products to the gates, backward they become the gates' gradients while h and c
 * are the gradients of states. What the forward pass kept comes as {@link Strided}, whose first row
 * is row {@code from}.
 */
interface Gates {
  /** How many units are computed at once; a block's are a multiple of it. */
  int lanes();

  /** {@code slots} slots from {@code slot} on become their sigmoid. */
  void sigmoid(RecurrentBlock b, int slot, int slots, int from, int to);

  /** A slot becomes its tanh. */
  void tanh(RecurrentBlock b, int slot, int from, int to);

  /** {@code h = tanh(x)}. */
  void tanhState(RecurrentBlock b, int from, int to);

  /** {@code h = max(x, 0)}. */
  void reluState(RecurrentBlock b, int from, int to);

  /** {@code c = f c + i g}, {@code h = o tanh(c)}. */
  void lstmState(RecurrentBlock b, int from, int to);

  /** From r, z and the products of n: {@code n = tanh(x_n + r n)}, {@code h = (1 - z) n + z h}. */
  void gruState(RecurrentBlock b, int from, int to);

  /** {@code c = r h}, for a GRU that resets first. */
  void resetState(RecurrentBlock b, int from, int to);

  /** Its end: {@code n = tanh(n)}, {@code h = (1 - z) n + z h}. */
  void resetFirstState(RecurrentBlock b, int from, int to);

  /**
   * The gradient before a tanh; that of h becomes 0.
   *
   * @param y what the tanh gave
   */
  void tanhGradient(RecurrentBlock b, Strided y, int from, int to);

  /** Likewise with {@code max(x, 0)}. */
  void reluGradient(RecurrentBlock b, Strided y, int from, int to);

  /**
   * An LSTM's gates' gradients, from those of the states after the step. That of h becomes 0, that
   * of c what it is before the step.
   *
   * @param cells the cell states before the step
   */
  void lstmGradient(RecurrentBlock b, Strided gates, Strided cells, int from, int to);

  /**
   * A GRU's: in the slots of r and z, in that of n for its recurrent product, and in the fourth for
   * its input product. That of h becomes its part that takes no gate.
   *
   * @param h the hidden states before the step
   * @param product the recurrent products of n
   */
  void gruGradient(RecurrentBlock b, Strided gates, Strided h, Strided product, int from, int to);

  /** Likewise z and n of a GRU that resets first. */
  void resetFirstGradient(RecurrentBlock b, Strided gates, Strided h, int from, int to);

  /** And r, once c holds the gradient of {@code r h}, whose part is added to that of h. */
  void resetGradient(RecurrentBlock b, Strided gates, Strided h, int from, int to);

  /** Copies {@code n} elements into another array. */
  void copy(float[] x, int xAt, float[] y, int yAt, int n);

  /**
   * All steps of a plain cell, for one sequence, whose steps are rows 1 … {@code steps} of the
   * block: {@code h[row] = f(gates[row] + bias + h[row - 1] w)}.
   *
   * @param bias where in the block it lies
   * @param w {@code [hidden]} rows of so many units
   */
  void plainSteps(Cell cell, RecurrentBlock b, int steps, int bias, Slots w, int hidden);

  /**
   * And back: from the gradient of the last row's state to those of all gates, and of the state
   * before row 1, which becomes that of row 0.
   *
   * @param kept a row for each step: in its slots the states, and the gradients of the outputs
   */
  void plainGradientSteps(Cell cell, RecurrentBlock b, int steps, Slots kept, Slots w, int hidden);

  /**
   * Copies rows of slots of {@code n} units to slots of {@code units}: whole vectors, with zeros.
   */
  void widen(Slots from, Slots to, int rows, int slots, int n, int units);

  /**
   * And back. Where rows follow each other closely, what lies behind the last may be overwritten.
   *
   * @param end where the array's elements end that may be
   */
  void narrow(Slots from, Slots to, int rows, int slots, int n, int end);

  /** {@code y += x}, where y goes on to a whole number of {@link #lanes}. */
  void add(float[] x, int xAt, float[] y, int yAt, int n);

  /** How wide the next panel is where {@code left} columns are left. */
  int panelWidth(int left);

  /**
   * {@code y[j] += Σ x[i] w[i, j]} for {@code i < k} and {@code j < n}, from panels of {@link
   * #panelWidth}: {@code panels[panelsAt + first column · k + i · width + column of the panel]}.
   */
  void addRow(int k, int n, float[] x, int xAt, float[] panels, int panelsAt, float[] y, int yAt);

  /** {@code y[i] += Σ w[i, j] x[j]} for a dense matrix of {@code rows} and {@code columns}. */
  void addProduct(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt);

  /** Likewise, in whatever order is fastest: sums over a row's lanes, with the Vector API. */
  void addDots(float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt);

  /** {@code y[j] += Σ x[i] w[i, j]}. */
  void addTransposed(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt);
}
