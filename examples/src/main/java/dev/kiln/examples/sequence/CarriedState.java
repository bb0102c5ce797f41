package dev.kiln.examples.sequence;

import dev.kiln.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The state that a net has between two windows of a text: cut off from the tape, so that gradients
 * stop at the window's beginning, and alive when the window's scope has ended.
 */
final class CarriedState implements AutoCloseable {
  private CellKind.@Nullable State state;

  /** Null at the beginning of a text. */
  CellKind.@Nullable State get() {
    return state;
  }

  /** Takes a state out of the scope in which it was computed, in place of the one before. */
  void set(Scope window, CellKind.State after) {
    close();
    CellKind.State detached = after.detach();
    detached.tensors().forEach(window::keep);
    state = detached;
  }

  /** Back to the beginning. */
  @Override
  public void close() {
    if (state != null) {
      state.tensors().forEach(tensor -> tensor.close());
      state = null;
    }
  }
}
