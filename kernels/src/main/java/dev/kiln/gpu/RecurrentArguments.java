package dev.kiln.gpu;

import dev.kiln.backend.Cell;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of a kernel of recurrent layers, in the order that all of them keep to. */
final class RecurrentArguments {
  private final List<@Nullable Object> arguments = new ArrayList<>();

  private RecurrentArguments() {}

  static RecurrentArguments of(@Nullable Object... first) {
    return new RecurrentArguments().and(first);
  }

  RecurrentArguments and(@Nullable Object... more) {
    arguments.addAll(Arrays.asList(more));
    return this;
  }

  /** What the forward pass keeps: nulls where it is to keep nothing. */
  RecurrentArguments kept(@Nullable RecurrentKept kept) {
    return kept == null
        ? and(null, null, null, null)
        : and(kept.gates(), kept.previous(), kept.cells(), kept.product());
  }

  /** Where the rows of a step lie. */
  RecurrentArguments layout(RecurrentSpec spec) {
    return and(
        spec.steps(),
        spec.batch(),
        spec.hidden(),
        spec.stepRows(),
        spec.batchRows(),
        spec.reverse() ? 1 : 0);
  }

  /** Where the outputs and the states lie. */
  RecurrentArguments states(RecurrentSpec spec) {
    return and(spec.width(), spec.column(), spec.stateAt());
  }

  /** Whether the cell is the one with ReLU. */
  static int relu(RecurrentSpec spec) {
    return spec.cell() == Cell.RNN_RELU ? 1 : 0;
  }

  @Nullable Object[] toArray() {
    return arguments.toArray();
  }
}
