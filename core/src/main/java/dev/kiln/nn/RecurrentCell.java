package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import dev.kiln.ops.Recurrent;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RnnCell}, {@link LstmCell} and {@link GruCell} share: one step of one layer, for a
 * loop by hand. A whole sequence at once is faster by its layer, {@link Rnn}, {@link Lstm} or
 * {@link Gru}.
 *
 * <p>Parameters: {@code weight_ih [gates · hidden, in]}, {@code weight_hh [gates · hidden,
 * hidden]}, {@code bias_ih} and {@code bias_hh [gates · hidden]}, all uniform within {@code 1 /
 * sqrt(hidden)}, as in PyTorch.
 *
 * @param <C> the cell itself
 */
public abstract sealed class RecurrentCell<C extends RecurrentCell<C>> extends Module
    permits RnnCell, LstmCell, GruCell {
  private final int in;
  private final int hidden;
  private final int gates;
  private boolean biased = true;
  private RecurrentParameters parameters;

  RecurrentCell(int in, int hidden, int gates) {
    if (in < 1 || hidden < 1) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": features are at least 1, not in "
              + in
              + " and hidden "
              + hidden);
    }
    this.in = in;
    this.hidden = hidden;
    this.gates = gates;
    parameters = declare();
  }

  /** Whether there are biases: unless told, there are. */
  public C bias(boolean wanted) {
    withdraw("bias", "weight_ih", "weight_hh", "bias_ih", "bias_hh");
    biased = wanted;
    parameters = declare();
    return self();
  }

  abstract C self();

  abstract Cell cell();

  /** Features of a hidden state. */
  public final int hidden() {
    return hidden;
  }

  /**
   * The hidden state after a step from states of 0.
   *
   * @param x {@code [batch, in]}, or {@code [in]}
   * @return {@code [batch, hidden]}, or {@code [hidden]}
   */
  @Override
  public final Tensor forward(Tensor x) {
    return apply(x, null, null).h();
  }

  final Recurrent.Result apply(Tensor x, @Nullable Tensor h, @Nullable Tensor c) {
    return Recurrent.step(cell(), x, h, c, parameters.weights());
  }

  private RecurrentParameters declare() {
    double bound = 1 / Math.sqrt(hidden);
    Init init = Init.uniform(-bound, bound);
    return new RecurrentParameters(
        parameter("weight_ih", init, gates * hidden, in),
        parameter("weight_hh", init, gates * hidden, hidden),
        biased ? parameter("bias_ih", init, gates * hidden) : null,
        biased ? parameter("bias_hh", init, gates * hidden) : null);
  }

  @Override
  protected String describe() {
    return getClass().getSimpleName() + "(" + in + ", " + hidden + (biased ? ")" : ", no bias)");
  }
}
