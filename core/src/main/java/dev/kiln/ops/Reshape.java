package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import java.util.Arrays;

/** Other shapes for the same elements in the same order; storage is shared. */
public final class Reshape {
  private Reshape() {}

  /**
   * @param extents one of them may be -1: what is left
   * @throws ShapeException if the numbers of elements differ
   */
  public static Tensor apply(Tensor x, int... extents) {
    return apply(x, resolve(x.shape(), extents));
  }

  static Tensor apply(Tensor x, Shape shape) {
    return Tape.record(x.view(shape), x, dy -> dy.view(x.shape()));
  }

  /** Dimensions {@code from} to {@code to}, both inclusive, become one. */
  public static Tensor flatten(Tensor x, int from, int to) {
    Shape shape = x.shape();
    if (shape.rank() == 0) {
      return apply(x, Shape.of(1));
    }
    int first = shape.axis("flatten", from);
    int last = shape.axis("flatten", to);
    if (first > last) {
      throw new ShapeException(
          "flatten: dimension " + from + " of " + shape + " comes after dimension " + to);
    }
    int[] extents = new int[shape.rank() - (last - first)];
    for (int i = 0; i < extents.length; i++) {
      extents[i] =
          i < first
              ? shape.dim(i)
              : i == first ? shape.size(first, last + 1) : shape.dim(i + last - first);
    }
    return apply(x, Shape.of(extents));
  }

  /** Without the dimensions whose extent is 1. */
  public static Tensor squeeze(Tensor x) {
    return apply(
        x, Shape.of(Arrays.stream(x.shape().toArray()).filter(extent -> extent != 1).toArray()));
  }

  /** Without one dimension if its extent is 1, else as it is. */
  public static Tensor squeeze(Tensor x, int dim) {
    int axis = x.shape().axis("squeeze", dim);
    boolean single = x.shape().rank() > 0 && x.dim(axis) == 1;
    return apply(x, single ? x.shape().without(axis) : x.shape());
  }

  /**
   * With one more dimension of extent 1.
   *
   * @param dim where the result has it; negative counts from the end of the result
   */
  public static Tensor unsqueeze(Tensor x, int dim) {
    int rank = x.shape().rank() + 1;
    int axis = dim < 0 ? dim + rank : dim;
    if (axis < 0 || axis >= rank) {
      throw new ShapeException(
          "unsqueeze: with one more dimension "
              + x.shape()
              + " has none that is "
              + dim
              + " (it takes "
              + -rank
              + " to "
              + (rank - 1)
              + ")");
    }
    int[] extents = new int[rank];
    for (int i = 0; i < rank; i++) {
      extents[i] = i == axis ? 1 : x.dim(i < axis ? i : i - 1);
    }
    return apply(x, Shape.of(extents));
  }

  private static Shape resolve(Shape shape, int... extents) {
    int[] full = extents.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < full.length; i++) {
      if (full[i] == -1 && open < 0) {
        open = i;
      } else {
        known *= full[i];
      }
    }
    if (open >= 0 && known > 0 && shape.size() % known == 0) {
      full[open] = (int) (shape.size() / known);
      known *= full[open];
    }
    if (known != shape.size() || open >= 0 && full[open] == -1) {
      throw new ShapeException(
          "reshape: "
              + shape
              + " of "
              + shape.size()
              + " elements does not fit into "
              + Arrays.toString(extents)
              + " (one extent may be -1: what is left)");
    }
    return Shape.of(full);
  }
}
