package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Rows;
import dev.kiln.backend.Softmaxes;

/** The kernels of {@code softmax.cl}, and of {@code softmax_cpu.cl}. */
interface GpuSoftmaxes extends Softmaxes, GpuStriding {
  @Override
  default void softmax(Rows rows, Buffer x, Buffer y) {
    launchScores("softmax", "softmax", rows, x, y, rows.n(), rows.inner(), rows.count());
  }

  @Override
  default void softmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
    launchScores(
        "softmax", "softmax_gradient", rows, y, dy, dx, rows.n(), rows.inner(), rows.count());
  }

  @Override
  default void logSoftmax(Rows rows, Buffer x, Buffer y) {
    launchScores("softmax", "log_softmax", rows, x, y, rows.n(), rows.inner(), rows.count());
  }

  @Override
  default void logSoftmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
    launchScores(
        "softmax", "log_softmax_gradient", rows, y, dy, dx, rows.n(), rows.inner(), rows.count());
  }
}
