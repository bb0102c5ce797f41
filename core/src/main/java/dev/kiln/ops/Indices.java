package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Tensor;

/** What holds for the indices of every op: int32, on the operand's device, and within range. */
final class Indices {
  private Indices() {}

  /**
   * @param n indices are 0 to n - 1
   * @param what an index is not if it is out of range, and where: {@code a row of the weight [10,
   *     4]}
   * @throws IndexOutOfBoundsException which one, where
   */
  static void check(String op, Tensor index, int n, String what) {
    if (index.dtype() != DType.INT32) {
      throw new IllegalArgumentException(op + ": the index " + index + " should be int32");
    }
    int at = n > 0 ? index.firstOutside(0, n - 1, 0) : index.size() - 1;
    if (at >= 0) {
      throw new IndexOutOfBoundsException(
          op
              + ": index"
              + place(index, at)
              + " = "
              + index.toInts()[at]
              + " is not "
              + what
              + (n == 0 ? ", which has none" : ": there are 0 to " + (n - 1)));
    }
  }

  /** Element {@code at} in the coordinates of its tensor, {@code [2, 3]}; nothing for a scalar. */
  private static String place(Tensor index, int at) {
    StringBuilder text = new StringBuilder();
    int rest = at;
    for (int i = index.shape().rank() - 1; i >= 0; i--) {
      text.insert(0, (i == 0 ? "" : ", ") + rest % index.dim(i));
      rest /= index.dim(i);
    }
    return index.shape().rank() == 0 ? "" : "[" + text + "]";
  }
}
