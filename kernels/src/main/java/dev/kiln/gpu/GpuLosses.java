package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Losses;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** The kernels of {@code loss.cl}. */
interface GpuLosses extends Losses, GpuStriding {
  @Override
  default void crossEntropy(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    Rows rows = spec.rows();
    launchRows(
        "loss",
        "cross_entropy",
        rows,
        x,
        target,
        weight,
        loss,
        counted,
        spec.ignoreIndex(),
        spec.labelSmoothing(),
        rows.n(),
        rows.inner(),
        rows.count());
  }

  @Override
  default void crossEntropyGradient(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    Rows rows = spec.rows();
    int dyStep = dy.size() == 1 ? 0 : 1;
    launchRows(
        "loss",
        "cross_entropy_gradient",
        rows,
        x,
        target,
        weight,
        dy,
        dyStep,
        divisor,
        dx,
        spec.ignoreIndex(),
        spec.labelSmoothing(),
        rows.n(),
        rows.inner(),
        rows.count());
  }
}
