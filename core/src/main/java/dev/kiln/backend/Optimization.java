package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/** One step of an optimizer on one parameter, in place. */
public interface Optimization {
  /**
   * As {@link SgdSpec} says.
   *
   * @param velocity the momentum buffer, null where momentum is 0
   */
  void sgd(SgdSpec spec, Buffer parameter, Buffer gradient, @Nullable Buffer velocity);

  /**
   * As {@link AdamSpec} says.
   *
   * @param m the first moment
   * @param v the second moment
   * @param maximum the largest second moment so far, for AMSGrad; null for plain Adam
   */
  void adam(
      AdamSpec spec,
      Buffer parameter,
      Buffer gradient,
      Buffer m,
      Buffer v,
      @Nullable Buffer maximum);
}
