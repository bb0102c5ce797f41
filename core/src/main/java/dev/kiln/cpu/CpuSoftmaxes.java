package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Rows;
import dev.kiln.backend.Softmaxes;

/**
 * Softmax and log-softmax. A row that is not contiguous is gathered into scratch, worked on there,
 * and scattered.
 */
final class CpuSoftmaxes implements Softmaxes {
  private static final int GRAIN = 1 << 12;

  private final Loops loops;
  private final Workers workers;

  CpuSoftmaxes(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  /** What is done to one contiguous row: {@code a} and, for gradients, {@code b} into {@code y}. */
  private interface Body {
    void run(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n);
  }

  @Override
  public void softmax(Rows rows, Buffer x, Buffer y) {
    each(
        rows,
        x,
        x,
        y,
        (a, aAt, b, bAt, out, outAt, n) -> {
          float top = loops.max(a, aAt, n);
          double sum = loops.exp(top, a, aAt, out, outAt, n);
          loops.affine(0, (float) (1 / sum), 0, out, outAt, out, outAt, n);
        });
  }

  @Override
  public void softmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
    each(
        rows,
        y,
        dy,
        dx,
        (a, aAt, b, bAt, out, outAt, n) -> {
          float dot = (float) loops.dot(0, a, aAt, b, bAt, n);
          loops.softmaxGradient(dot, a, aAt, b, bAt, out, outAt, n);
        });
  }

  @Override
  public void logSoftmax(Rows rows, Buffer x, Buffer y) {
    each(
        rows,
        x,
        x,
        y,
        (a, aAt, b, bAt, out, outAt, n) -> {
          float top = loops.max(a, aAt, n);
          // y may lie in scratch but never is x: the exponentials are only there for their sum
          double sum = loops.exp(top, a, aAt, out, outAt, n);
          loops.affine(top, 1, -(float) Math.log(sum), a, aAt, out, outAt, n);
        });
  }

  @Override
  public void logSoftmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
    each(
        rows,
        y,
        dy,
        dx,
        (a, aAt, b, bAt, out, outAt, n) -> {
          float sum = (float) loops.sum(b, bAt, n);
          loops.exp(0, a, aAt, out, outAt, n);
          for (int i = 0; i < n; i++) {
            out[outAt + i] = b[bAt + i] - out[outAt + i] * sum;
          }
        });
  }

  private void each(Rows rows, Buffer first, Buffer second, Buffer result, Body body) {
    float[] a = CpuBuffer.floats(first);
    float[] b = CpuBuffer.floats(second);
    float[] y = CpuBuffer.floats(result);
    int aAt = CpuBuffer.offset(first);
    int bAt = CpuBuffer.offset(second);
    int yAt = CpuBuffer.offset(result);
    int n = rows.n();
    int inner = rows.inner();
    workers.rows(
        rows.count(),
        GRAIN / Math.max(1, n) + 1,
        (from, to) -> {
          float[] scratch =
              inner == 1 ? a : Scratch.ofThread().array(Scratch.Role.ROW, Math.multiplyExact(3, n));
          for (int row = from; row < to; row++) {
            int at = row / inner * n * inner + row % inner;
            if (inner == 1) {
              body.run(a, aAt + at, b, bAt + at, y, yAt + at, n);
              continue;
            }
            for (int i = 0; i < n; i++) {
              scratch[i] = a[aAt + at + i * inner];
              scratch[n + i] = b[bAt + at + i * inner];
            }
            body.run(scratch, 0, scratch, n, scratch, 2 * n, n);
            for (int i = 0; i < n; i++) {
              y[yAt + at + i * inner] = scratch[2 * n + i];
            }
          }
        });
  }
}
