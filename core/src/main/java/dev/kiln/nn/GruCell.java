package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import org.jspecify.annotations.Nullable;

/** One step of a {@link Gru}. */
public final class GruCell extends RecurrentCell<GruCell> {
  private boolean resetFirst;

  /**
   * @param in features of the step
   * @param hidden features of the state
   */
  public GruCell(int in, int hidden) {
    super(in, hidden, Cell.GRU.gates());
  }

  /** The reset comes before the product, as in {@link Gru#resetFirst}. */
  public GruCell resetFirst() {
    resetFirst = true;
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
  GruCell self() {
    return this;
  }

  @Override
  Cell cell() {
    return resetFirst ? Cell.GRU_RESET_FIRST : Cell.GRU;
  }
}
