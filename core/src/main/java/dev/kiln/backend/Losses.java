package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/** Losses whose forward and backward passes are kernels of their own. */
public interface Losses {
  /**
   * Cross entropy of each row of {@code x [outer, classes, inner]}: with {@code p = softmax(x)},
   * target {@code t}, class weights {@code w} and smoothing {@code e}, {@code loss = -(1 - e) w_t
   * log p_t - e / classes Σ_c w_c log p_c}; 0 where the target is to be ignored.
   *
   * @param target int32 {@code [outer, inner]}, each a class or {@code ignoreIndex}
   * @param weight {@code [classes]}, null for 1
   * @param loss {@code [outer, inner]}
   * @param counted {@code [outer, inner]}: {@code w_t}, or 0 where ignored; what a mean divides by
   */
  void crossEntropy(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted);

  /**
   * {@code dx [outer, classes, inner]}.
   *
   * @param dy the upstream gradient: one number a row, or a single one for all rows
   * @param divisor a single number that divides it (the sum of {@code counted}), null for 1
   */
  void crossEntropyGradient(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx);
}
