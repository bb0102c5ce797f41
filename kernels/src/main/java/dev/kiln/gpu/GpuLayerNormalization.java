package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.LayerNormalization;
import dev.kiln.backend.Reduction;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** The kernels of {@code layer_norm.cl}; gradients of weights are sums of columns. */
interface GpuLayerNormalization extends LayerNormalization, Reduction, GpuStriding {
  /** Rows up to here are for groups of 64. */
  int MEDIUM_ROW = 512;

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
    launchPerRow("layer_norm", rows, n, x, gamma, beta, y, mean, invStd, eps, n, rows);
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
    if (dx != null) {
      launchPerRow("layer_norm_gradient", rows, n, x, dy, gamma, mean, invStd, dx, n, rows);
    }
    Rows columns = new Rows(1, rows, n);
    if (dgamma != null) {
      try (Workspace tilt = Workspace.ofFloats(pool(), rows * n)) {
        Buffer tilts = tilt.buffer(rows * n);
        launchPerRow("layer_norm_tilt", rows, n, x, dy, mean, invStd, tilts, n, rows);
        sum(columns, 1, tilts, dgamma);
      }
    }
    if (dbeta != null) {
      sum(columns, 1, dy, dbeta);
    }
  }

  private void launchPerRow(String kernel, int rows, int n, @Nullable Object... arguments) {
    String program =
        cpuKernels() ? "layer_norm_single" : n <= MEDIUM_ROW ? "layer_norm_64" : "layer_norm";
    launch(program, kernel, groupGrid(program, n == 0 ? 0 : rows), arguments);
  }
}
