package dev.kiln.cpu;

/**
 * The arithmetic between the gates and states of recurrent cells, for the {@code n} hidden units of
 * one sequence at one step; like {@link Loops} once in plain Java and once in the Vector API. What
 * is computed is said at {@link dev.kiln.backend.Cell}.
 *
 * <p>{@code gates} are those after their sigmoid or tanh, one run of {@code n} after the other, and
 * so are {@code dgates}, the gradients before it. {@code h} and {@code c} are the states that the
 * step began with. No multiply is fused with an add, so that the last units of a run, short of a
 * vector, come out the same.
 */
interface Gates {
  /** {@code next = f c + i g}; {@code next} may be {@code c}. */
  void lstmCell(float[] gates, int gatesAt, float[] c, int cAt, float[] next, int nextAt, int n);

  /**
   * The gradients of an LSTM's gates, from those of the states after the step.
   *
   * @param squashed tanh of the cell state after the step
   * @param dc of the cell state after the step; becomes that of the one before
   */
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
      int n);

  /** {@code y = x + a b}; {@code y} may be any of them. */
  void multiplyAdd(
      float[] a, int aAt, float[] b, int bAt, float[] x, int xAt, float[] y, int yAt, int n);

  /** A GRU's new state, {@code h = (1 - z) n + z h}, in place. */
  void gruState(float[] gates, int gatesAt, float[] h, int hAt, int n);

  /**
   * The gradients of a GRU's gates z and n.
   *
   * @param dh of the hidden state after the step; becomes {@code dh z}, the part of the one before
   *     that takes no gate
   */
  void gruGradient(
      float[] gates,
      int gatesAt,
      float[] h,
      int hAt,
      float[] dh,
      int dhAt,
      float[] dgates,
      int dgatesAt,
      int n);

  /** {@code dr = d a r (1 - r)}: the gradient of a reset gate r that multiplied {@code a}. */
  void resetGradient(
      float[] r, int rAt, float[] a, int aAt, float[] d, int dAt, float[] dr, int drAt, int n);

  /** {@code y[i] += Σ w[i, j] x[j]} for a dense matrix of {@code rows} and {@code columns}. */
  void addProduct(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt);

  /** {@code y[j] += Σ x[i] w[i, j]}. */
  void addTransposed(
      float[] w, int wAt, int rows, int columns, float[] x, int xAt, float[] y, int yAt);
}
