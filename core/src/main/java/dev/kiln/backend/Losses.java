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

  /**
   * Negative log likelihood of each row of log-probabilities {@code x [outer, classes, inner]}:
   * {@code loss = -w_t x_t}; 0 where the target is to be ignored.
   *
   * @param target int32 {@code [outer, inner]}, each a class or {@code ignoreIndex}
   * @param weight {@code [classes]}, null for 1
   * @param loss {@code [outer, inner]}
   * @param counted {@code [outer, inner]}: {@code w_t}, or 0 where ignored
   */
  void nll(
      Rows rows,
      int ignoreIndex,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted);

  /**
   * {@code dx [outer, classes, inner]}: 0 but at the targets.
   *
   * @param dy the upstream gradient: one number a row, or a single one for all rows
   * @param divisor a single number that divides it, null for 1
   */
  void nllGradient(
      Rows rows,
      int ignoreIndex,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx);

  /**
   * {@code divisor = Σ counted}, {@code mean = Σ loss / divisor}; NaN where nothing counts.
   *
   * @param loss of any number of samples
   * @param counted how much each of them counts
   * @param mean a single number, as {@code divisor}
   */
  void weightedMean(Buffer loss, Buffer counted, Buffer mean, Buffer divisor);

  /**
   * {@code loss = weight f(x, target)}, element by element.
   *
   * @param weight as many elements, null for 1
   * @param positiveWeight as many elements, null for 1: p of {@link PairLoss#BCE_WITH_LOGITS}, null
   *     for all others
   */
  void pairLoss(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      Buffer loss);

  /**
   * {@code dx = scale dy weight f'(x, target)}.
   *
   * @param dy the upstream gradient: as many elements, or a single one for all
   */
  void pairLossGradient(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      float scale,
      Buffer dy,
      Buffer dx);
}
