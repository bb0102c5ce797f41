package dev.kiln.examples.image;

import dev.kiln.Tensor;

/** Pixels taken for chances: how surprising an image is to who expects each pixel so much. */
final class Bernoulli {
  private Bernoulli() {}

  /**
   * The sum of {@code -t log p - (1 - t) log(1 - p)} with {@code p = sigmoid(logit)}, in nats. As
   * {@code softplus(logit) - t · logit} it needs no logarithm of what may be 0.
   *
   * @param targets from 0 to 1, of the logits' shape
   */
  static Tensor surprise(Tensor logits, Tensor targets) {
    return logits.softplus().sub(logits.mul(targets)).sum();
  }
}
