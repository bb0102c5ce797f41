package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import org.jspecify.annotations.Nullable;

/** One step of an {@link Rnn}. */
public final class RnnCell extends RecurrentCell<RnnCell> {
  private boolean rectified;

  /**
   * @param in features of the step
   * @param hidden features of the state
   */
  public RnnCell(int in, int hidden) {
    super(in, hidden, Cell.RNN_TANH.gates());
  }

  /** The state goes through max(·, 0) in place of tanh. */
  public RnnCell relu() {
    rectified = true;
    return this;
  }

  /**
   * @param x {@code [batch, in]}, or {@code [in]}
   * @param h {@code [batch, hidden]}, or {@code [hidden]}: the state before; null for 0
   * @return the state after, of that shape
   * @throws dev.kiln.ShapeException if shapes do not fit
   */
  public Tensor step(Tensor x, @Nullable Tensor h) {
    return apply(x, h, null).h();
  }

  @Override
  RnnCell self() {
    return this;
  }

  @Override
  Cell cell() {
    return rectified ? Cell.RNN_RELU : Cell.RNN_TANH;
  }
}
