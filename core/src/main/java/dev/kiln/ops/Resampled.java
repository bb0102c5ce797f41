package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.ResampleSpec;

/** Images at another size, recorded: what pooling to a size and upsampling share. */
final class Resampled {
  private Resampled() {}

  /**
   * @param x {@code [n, c, h, w]}, of the spec's extents
   */
  static Tensor apply(ResampleSpec spec, Tensor x) {
    Tensor y =
        Tensor.empty(
            x.device(),
            DType.FLOAT32,
            Shape.of(x.dim(0), x.dim(1), spec.outHeight(), spec.outWidth()));
    x.backend().resample(spec, x.buffer(), y.buffer());
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().resampleGradient(spec, dy.buffer(), dx.buffer());
          return dx;
        });
  }
}
