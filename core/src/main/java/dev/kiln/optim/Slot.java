package dev.kiln.optim;

import dev.kiln.Tensor;
import org.jspecify.annotations.Nullable;

/** A parameter with what an optimizer remembers of it. */
final class Slot {
  final Tensor parameter;

  /** Steps that this parameter has taken: those in which it had a gradient. */
  int steps;

  /** Velocity, or first moment. */
  @Nullable Tensor first;

  /** Second moment. */
  @Nullable Tensor second;

  /** The largest second moment so far. */
  @Nullable Tensor maximum;

  Slot(Tensor parameter) {
    this.parameter = parameter;
  }

  /** {@code kept}, or zeros that live as long as the parameter. */
  Tensor orZeros(@Nullable Tensor kept) {
    return kept != null
        ? kept
        : Tensor.zeros(parameter.device(), parameter.shape().toArray()).livingWith(parameter);
  }
}
