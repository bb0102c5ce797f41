package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/** Batch normalization over {@code x [n, channels, inner]}, one statistic a channel. */
public interface Normalization {
  /**
   * Training: {@code y = (x - mean) · invStd · gamma + beta} with the batch's own mean and biased
   * variance, {@code invStd = 1 / sqrt(variance + eps)} (Ioffe and Szegedy 2015, algorithm 1). Then
   * {@code running = (1 - momentum) · running + momentum · batch}, where the running variance takes
   * the unbiased one.
   *
   * @param gamma {@code [channels]}, null for 1
   * @param beta {@code [channels]}, null for 0
   * @param mean receives the batch mean, {@code [channels]}
   * @param invStd receives {@code 1 / sqrt(variance + eps)}, {@code [channels]}
   * @param runningMean updated in place; null (with {@code runningVariance}) for none
   */
  void batchNorm(
      ChannelSpec spec,
      float eps,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVariance,
      Buffer y,
      Buffer mean,
      Buffer invStd);

  /**
   * Gradients of {@link #batchNorm}; with {@code g = Σ dy} and {@code h = Σ dy · x̂} over a channel
   * of {@code N} elements, {@code dx = gamma · invStd · (dy - g/N - x̂ · h/N)}, {@code dgamma = h},
   * {@code dbeta = g}.
   *
   * @param dx null where not wanted
   * @param dgamma {@code [channels]}, always written: also scratch for {@code dx}
   * @param dbeta {@code [channels]}, always written
   */
  void batchNormGradient(
      ChannelSpec spec,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dx,
      Buffer dgamma,
      Buffer dbeta);

  /** Evaluation: the same with given statistics, {@code variance} rather than its inverse root. */
  void batchNormEval(
      ChannelSpec spec,
      float eps,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer mean,
      Buffer variance,
      Buffer y);

  /** Gradients of {@link #batchNormEval}: the statistics are constants. */
  void batchNormEvalGradient(
      ChannelSpec spec,
      float eps,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer variance,
      @Nullable Buffer dx,
      Buffer dgamma,
      Buffer dbeta);
}
