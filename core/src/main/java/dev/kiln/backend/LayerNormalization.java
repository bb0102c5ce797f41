package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/** Layer normalization of each row of {@code x [rows, n]}. */
public interface LayerNormalization {
  /**
   * {@code y = (x - mean) · invStd · gamma + beta} with the row's own mean and biased variance,
   * {@code invStd = 1 / sqrt(variance + eps)} (Ba, Kiros and Hinton 2016).
   *
   * @param gamma {@code [n]}, null for 1
   * @param beta {@code [n]}, null for 0
   * @param mean receives each row's mean, {@code [rows]}
   * @param invStd receives {@code 1 / sqrt(variance + eps)}, {@code [rows]}
   */
  void layerNorm(
      int rows,
      int n,
      float eps,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer y,
      Buffer mean,
      Buffer invStd);

  /**
   * Gradients of {@link #layerNorm}; with {@code d = dy · gamma}, {@code g = Σ d} and {@code h = Σ
   * d · x̂} over a row, {@code dx = invStd · (d - g/n - x̂ · h/n)}; over all rows {@code dgamma = Σ
   * dy · x̂} and {@code dbeta = Σ dy}.
   *
   * @param dx null where not wanted
   * @param dgamma {@code [n]}, null where not wanted
   * @param dbeta {@code [n]}, null where not wanted
   */
  void layerNormGradient(
      int rows,
      int n,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dx,
      @Nullable Buffer dgamma,
      @Nullable Buffer dbeta);
}
