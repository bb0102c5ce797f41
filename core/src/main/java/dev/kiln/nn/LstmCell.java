package dev.kiln.nn;

import static java.util.Objects.requireNonNull;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import dev.kiln.ops.Recurrent;
import org.jspecify.annotations.Nullable;

/** One step of an {@link Lstm}. */
public final class LstmCell extends RecurrentCell<LstmCell> {
  /**
   * @param in features of the step
   * @param hidden features of the states
   */
  public LstmCell(int in, int hidden) {
    super(in, hidden, Cell.LSTM.gates());
  }

  /**
   * The states after a step.
   *
   * @param h {@code [batch, hidden]}, or {@code [hidden]}
   * @param c likewise
   */
  public record Result(Tensor h, Tensor c) {}

  /**
   * @param x {@code [batch, in]}, or {@code [in]}
   * @param h {@code [batch, hidden]}, or {@code [hidden]}: the hidden state before; null for 0
   * @param c the cell state likewise
   * @throws dev.kiln.ShapeException if shapes do not fit
   */
  public Result step(Tensor x, @Nullable Tensor h, @Nullable Tensor c) {
    Recurrent.Result result = apply(x, h, c);
    return new Result(result.h(), requireNonNull(result.c()));
  }

  @Override
  LstmCell self() {
    return this;
  }

  @Override
  Cell cell() {
    return Cell.LSTM;
  }
}
