package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.LayerNormalization;
import dev.kiln.backend.Reduction;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** The kernels of {@code layer_norm.cl}; gradients of weights are sums of columns. */
interface GpuLayerNormalization extends LayerNormalization, Reduction, GpuStriding {
  @Override
  default void layerNorm(
      int rows,
      int n,
      float eps,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer y,
      Buffer mean,
      Buffer invStd) {
    launchRows(
        "layer_norm", "layer_norm", ofRows(rows, n), x, gamma, beta, y, mean, invStd, eps, n, rows);
  }

  @Override
  default void layerNormGradient(
      int rows,
      int n,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dx,
      @Nullable Buffer dgamma,
      @Nullable Buffer dbeta) {
    int tilts = dgamma != null ? rows * n : 0;
    try (Workspace tilt = Workspace.ofFloats(pool(), tilts)) {
      if (dx != null || dgamma != null) {
        launchRows(
            "layer_norm",
            "layer_norm_gradient",
            ofRows(rows, n),
            x,
            dy,
            gamma,
            mean,
            invStd,
            dx,
            dgamma != null ? tilt.memory() : null,
            n,
            rows);
      }
      Rows columns = new Rows(1, rows, n);
      if (dgamma != null) {
        sum(columns, 1, tilt.buffer(tilts), dgamma);
      }
      if (dbeta != null) {
        sum(columns, 1, dy, dbeta);
      }
    }
  }

  /** Rows of nothing are not computed: their mean would be 0 / 0. */
  private static Rows ofRows(int rows, int n) {
    return new Rows(n == 0 ? 0 : rows, n, 1);
  }
}
