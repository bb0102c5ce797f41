package dev.kiln.backend;

import dev.kiln.Shape;

/**
 * A tensor seen along one dimension, {@code [outer, n, inner]}: {@code outer · inner} rows of
 * {@code n} elements that lie {@code inner} apart.
 */
public record Rows(int outer, int n, int inner) {
  /** {@code shape} along {@code axis}; a scalar is one row of one element. */
  public static Rows along(Shape shape, int axis) {
    if (shape.rank() == 0) {
      return new Rows(1, 1, 1);
    }
    return new Rows(shape.size(0, axis), shape.dim(axis), shape.size(axis + 1, shape.rank()));
  }

  /** How many rows. */
  public int count() {
    return outer * inner;
  }
}
