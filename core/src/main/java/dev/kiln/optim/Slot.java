package dev.kiln.optim;

import dev.kiln.Tensor;

/** A parameter in its group. */
final class Slot {
  final Tensor parameter;

  /** Where its run begins in the group's flat states. */
  final int offset;

  /** Steps that the states have of this parameter: those in which it had a gradient. */
  int steps;

  Slot(Tensor parameter, int offset) {
    this.parameter = parameter;
    this.offset = offset;
  }
}
