package dev.kiln.backend;

import dev.kiln.Shape;

/**
 * How two operands spread over a dense row-major result: strides in elements, 0 where an operand
 * repeats. Dimensions are merged where both allow it: equal shapes have one dimension.
 *
 * @param extents of the result, at least one dimension, at most 8
 */
public record Broadcast(int[] extents, int[] stridesA, int[] stridesB) {

  /** Two shapes that are known to broadcast to {@code result}. */
  public static Broadcast of(Shape a, Shape b, Shape result) {
    Merged merged = Merged.of(result.toArray(), strides(a, result), strides(b, result));
    return new Broadcast(merged.extents(), merged.strides()[0], merged.strides()[1]);
  }

  /** The strides with which {@code shape} is read over {@code result}. */
  public static int[] strides(Shape shape, Shape result) {
    int[] own = shape.strides();
    int[] strides = new int[result.rank()];
    int lead = result.rank() - shape.rank();
    for (int i = 0; i < shape.rank(); i++) {
      strides[lead + i] = shape.dim(i) == 1 ? 0 : own[i];
    }
    return strides;
  }

  /** How many elements the result has. */
  public int size() {
    return Merged.size(extents);
  }

  /** Both operands and the result have the same order of elements. */
  public boolean isPlain() {
    return extents.length == 1 && (stridesA[0] == 1 && stridesB[0] == 1 || extents[0] == 1);
  }
}
