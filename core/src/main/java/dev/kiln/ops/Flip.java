package dev.kiln.ops;

import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.StridedCopy;

/** The elements in reverse order along some dimensions. */
public final class Flip {
  private Flip() {}

  /**
   * @param dims which, negative from the end; naming one twice is as naming it once
   * @throws dev.kiln.ShapeException if {@code x} has no such dimension
   */
  public static Tensor apply(Tensor x, int... dims) {
    boolean[] turned = new boolean[Math.max(1, x.shape().rank())];
    for (int dim : dims) {
      turned[x.shape().axis("flip", dim)] = true;
    }
    return Tape.record(turn(x, turned), x, dy -> turn(dy, turned));
  }

  private static Tensor turn(Tensor x, boolean[] turned) {
    Tensor y = Tensor.like(x);
    if (x.size() == 0) {
      return y;
    }
    int[] strides = x.shape().strides();
    int[] from = strides.clone();
    int offset = 0;
    for (int i = 0; i < from.length; i++) {
      if (turned[i]) {
        offset += (x.dim(i) - 1) * strides[i];
        from[i] = -strides[i];
      }
    }
    x.backend()
        .copy(
            StridedCopy.of(x.shape().toArray(), offset, from, 0, strides), x.buffer(), y.buffer());
    return y;
  }
}
