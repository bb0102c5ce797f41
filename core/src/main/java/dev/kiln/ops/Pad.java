package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.StridedCopy;
import java.util.Arrays;

/** A tensor with more around it, all of one value, or with less. */
public final class Pad {
  private Pad() {}

  /**
   * @param value of what is added
   * @param amounts pairs (before, after), the last dimension first; a negative one takes away.
   *     Dimensions without a pair stay
   * @throws ShapeException if there are too many or an odd number, or less than nothing is left
   */
  public static Tensor apply(Tensor x, float value, int... amounts) {
    Shape shape = x.shape();
    int rank = shape.rank();
    if (amounts.length % 2 != 0 || amounts.length > 2 * rank) {
      throw new ShapeException(
          "pad: "
              + Arrays.toString(amounts)
              + " should be pairs (before, after), the last dimension first, at most one for each"
              + " dimension of "
              + shape);
    }
    int[] full = shape.toArray();
    int[] kept = shape.toArray();
    int[] from = new int[rank];
    int[] to = new int[rank];
    for (int i = 0; i < amounts.length / 2; i++) {
      int before = amounts[2 * i];
      int after = amounts[2 * i + 1];
      int axis = rank - 1 - i;
      full[axis] = Math.addExact(Math.addExact(full[axis], before), after);
      if (full[axis] < 0) {
        throw new ShapeException(
            "pad: ("
                + before
                + ", "
                + after
                + ") takes more than dimension "
                + axis
                + " of "
                + shape
                + " has");
      }
      from[axis] = Math.max(0, -before);
      to[axis] = Math.max(0, before);
      kept[axis] = Math.max(0, kept[axis] - from[axis] - Math.max(0, -after));
    }
    Tensor y = move(x, from, kept, Shape.of(full), to, value);
    return Tape.record(y, x, dy -> move(dy, to, kept, shape, from, 0));
  }

  /** The part of {@code x} that begins at {@code from} put at {@code to} among {@code value}. */
  private static Tensor move(
      Tensor x, int[] from, int[] extents, Shape shape, int[] to, float value) {
    Tensor y = Tensor.empty(x.device(), x.dtype(), shape);
    int moved = Shape.of(extents).size();
    if (moved < y.size()) {
      y.backend().fill(y.buffer(), value);
    }
    if (moved > 0) {
      int[] own = x.shape().strides();
      int[] strides = shape.strides();
      x.backend()
          .copy(
              StridedCopy.of(extents, place(from, own), own, place(to, strides), strides),
              x.buffer(),
              y.buffer());
    }
    return y;
  }

  private static int place(int[] at, int[] strides) {
    int place = 0;
    for (int i = 0; i < at.length; i++) {
      place += at[i] * strides[i];
    }
    return place;
  }
}
