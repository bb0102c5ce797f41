package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.StridedCopy;
import java.util.Arrays;

/** Dimensions in another order; a copy, since tensors are dense. */
public final class Permute {
  private Permute() {}

  /**
   * @param dims each dimension once: the result's dimension {@code i} is {@code x}'s {@code
   *     dims[i]}
   * @throws ShapeException if {@code dims} is no permutation
   */
  public static Tensor apply(Tensor x, int... dims) {
    Shape shape = x.shape();
    int[] order = new int[shape.rank()];
    boolean[] seen = new boolean[shape.rank()];
    boolean valid = dims.length == shape.rank();
    for (int i = 0; valid && i < dims.length; i++) {
      order[i] = shape.axis("permute", dims[i]);
      valid = !seen[order[i]];
      seen[order[i]] = true;
    }
    if (!valid) {
      throw new ShapeException(
          "permute: "
              + Arrays.toString(dims)
              + " should name each of the "
              + shape.rank()
              + " dimensions of "
              + shape
              + " once");
    }
    int[] back = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      back[order[i]] = i;
    }
    return Tape.record(copy(x, order), x, dy -> copy(dy, back));
  }

  /** Two dimensions change places. */
  public static Tensor transpose(Tensor x, int a, int b) {
    int first = x.shape().axis("transpose", a);
    int second = x.shape().axis("transpose", b);
    int[] order = new int[x.shape().rank()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i == first ? second : i == second ? first : i;
    }
    return apply(x, order);
  }

  private static Tensor copy(Tensor x, int[] order) {
    int[] own = x.shape().strides();
    int[] extents = new int[order.length];
    int[] strides = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      extents[i] = x.dim(order[i]);
      strides[i] = own[order[i]];
    }
    Shape shape = Shape.of(extents);
    return Tensor.picked(x, shape, StridedCopy.of(extents, 0, strides, 0, shape.strides()));
  }
}
