package dev.kiln;

import java.util.Arrays;

/**
 * The extents of a dense, row-major tensor: {@code []} for a single number, {@code [64, 1, 28, 28]}
 * for a batch of images. An extent may be 0; the number of elements fits an {@code int}.
 */
public final class Shape {
  /** The most dimensions a tensor can have. */
  public static final int MAX_RANK = 8;

  private static final Shape SCALAR = new Shape(new int[0], 1);

  private final int[] extents;
  private final int size;

  private Shape(int[] extents, int size) {
    this.extents = extents;
    this.size = size;
  }

  /**
   * @throws ShapeException for a negative extent, more than {@link #MAX_RANK} dimensions, or more
   *     than 2³¹ - 1 elements
   */
  public static Shape of(int... extents) {
    if (extents.length == 0) {
      return SCALAR;
    }
    if (extents.length > MAX_RANK) {
      throw new ShapeException(
          "shape: " + Arrays.toString(extents) + " has more than " + MAX_RANK + " dimensions");
    }
    long size = 1;
    for (int extent : extents) {
      if (extent < 0) {
        throw new ShapeException("shape: " + Arrays.toString(extents) + " has a negative extent");
      }
      size *= extent;
      if (size > Integer.MAX_VALUE) {
        throw new ShapeException(
            "shape: " + Arrays.toString(extents) + " has more than 2^31 - 1 elements");
      }
    }
    return new Shape(extents.clone(), (int) size);
  }

  /** The shape of a single number, {@code []}. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** How many dimensions. */
  public int rank() {
    return extents.length;
  }

  /** How many elements: the product of the extents, 1 for a scalar. */
  public int size() {
    return size;
  }

  /** The extent of a dimension; negative counts from the end. */
  public int dim(int dim) {
    return extents[axis("dim", dim)];
  }

  /** A copy of the extents. */
  public int[] toArray() {
    return extents.clone();
  }

  /**
   * Turns a dimension as users write it into an index from the front.
   *
   * @param op who asks, for the message
   * @param dim from {@code -rank} to {@code rank - 1}; a scalar takes 0 and -1 too, as in PyTorch
   */
  public int axis(String op, int dim) {
    int rank = Math.max(1, rank());
    int axis = dim < 0 ? dim + rank : dim;
    if (axis < 0 || axis >= rank) {
      throw new ShapeException(
          op
              + ": "
              + this
              + " has no dimension "
              + dim
              + " (it takes "
              + -rank
              + " to "
              + (rank - 1)
              + ")");
    }
    return axis;
  }

  /** The number of elements in dimensions {@code from} (inclusive) to {@code to} (exclusive). */
  public int size(int from, int to) {
    int product = 1;
    for (int i = from; i < to; i++) {
      product *= extents[i];
    }
    return product;
  }

  /** Row-major strides in elements; those of an empty tensor are as if it had extents of 1. */
  public int[] strides() {
    int[] strides = new int[extents.length];
    int stride = 1;
    for (int i = extents.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, extents[i]);
    }
    return strides;
  }

  /** This shape with one extent replaced. */
  public Shape with(int axis, int extent) {
    int[] changed = extents.clone();
    changed[axis] = extent;
    return of(changed);
  }

  /** This shape with one more dimension at its end. */
  public Shape followedBy(int extent) {
    int[] longer = Arrays.copyOf(extents, extents.length + 1);
    longer[extents.length] = extent;
    return of(longer);
  }

  /** This shape without one dimension. */
  public Shape without(int axis) {
    if (rank() == 0) {
      return this;
    }
    int[] rest = new int[extents.length - 1];
    System.arraycopy(extents, 0, rest, 0, axis);
    System.arraycopy(extents, axis + 1, rest, axis, rest.length - axis);
    return of(rest);
  }

  /**
   * The shape that two broadcast to, aligned at the last dimension, where extents are equal or 1.
   *
   * @param op who asks, for the message
   */
  public static Shape broadcast(String op, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] result = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.extents[a.rank() - i] : 1;
      int y = i <= b.rank() ? b.extents[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new ShapeException(
            op
                + ": "
                + a
                + " and "
                + b
                + " do not broadcast: dimension "
                + -i
                + " is "
                + x
                + " and "
                + y
                + " (equal extents, or one of them 1, are needed)");
      }
      result[rank - i] = x == 1 ? y : x;
    }
    return of(result);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** As PyTorch prints it: {@code [64, 1, 28, 28]}. */
  @Override
  public String toString() {
    return Arrays.toString(extents);
  }
}
