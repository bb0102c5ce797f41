package dev.kiln.backend;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of an optimizer, in place, on all parameters that share its numbers. Each element is
 * computed from its own numbers alone, as {@code + - * /} and the square root round: how parameters
 * are grouped changes no bit. Where a flat buffer is null, the optimizer goes without it.
 */
public interface Optimization {
  /**
   * As {@link SgdSpec} says.
   *
   * @param velocity flat; null without momentum
   */
  void sgd(SgdSpec spec, Stepped on, @Nullable Buffer velocity);

  /**
   * As {@link AdagradSpec} says.
   *
   * @param sum flat: of the squared gradients
   */
  void adagrad(AdagradSpec spec, Stepped on, Buffer sum);

  /**
   * As {@link AdadeltaSpec} says.
   *
   * @param squares flat: mean squared gradients
   * @param moves flat: mean squared steps
   */
  void adadelta(AdadeltaSpec spec, Stepped on, Buffer squares, Buffer moves);

  /**
   * As {@link RmspropSpec} says.
   *
   * @param squares flat: mean squared gradients
   * @param mean flat: mean gradients, to take their square off; null where that is not wanted
   * @param velocity flat; null without momentum
   */
  void rmsprop(
      RmspropSpec spec,
      Stepped on,
      Buffer squares,
      @Nullable Buffer mean,
      @Nullable Buffer velocity);

  /**
   * As {@link AdamSpec} says.
   *
   * @param m flat: the first moment
   * @param v flat: the second moment
   * @param maximum flat: the largest second moment so far, for AMSGrad; null for plain Adam
   */
  void adam(AdamSpec spec, Stepped on, Buffer m, Buffer v, @Nullable Buffer maximum);

  /**
   * {@code y = sqrt(Σ x²)} over the elements of all {@code xs}, with a summation as in {@link
   * Reduction#sum}.
   *
   * @param y one element
   */
  void norm(List<Buffer> xs, Buffer y);

  /** {@code x *= min(1, maximum / (norm + 1e-6))} for all {@code xs}; NaN where the norm is. */
  void clipNorm(float maximum, Buffer norm, List<Buffer> xs);

  /** {@code x = min(max(x, -bound), bound)} for all {@code xs}; NaN stays. */
  void clipValue(float bound, List<Buffer> xs);
}
