package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.StridedCopy;
import java.util.Arrays;

/** Parts of a tensor, as Python's {@code x[a:b:c, ...]}. */
public final class Slice {
  private Slice() {}

  /**
   * Along one dimension.
   *
   * @param from the first index, negative from the end; indices past the ends are cut to them
   * @param to the index after the last
   */
  public static Tensor apply(Tensor x, int dim, int from, int to) {
    int axis = x.shape().axis("slice", dim);
    if (x.shape().rank() == 0) {
      throw new ShapeException("slice: a scalar has no dimension to slice");
    }
    int[] starts = new int[x.shape().rank()];
    int[] stops = x.shape().toArray();
    int[] steps = new int[starts.length];
    Arrays.fill(steps, 1);
    starts[axis] = from;
    stops[axis] = to;
    return apply(x, starts, stops, steps);
  }

  /**
   * Along every dimension. A slice of leading dimensions is a run of elements and shares storage
   * where the backend can address it; others are copied.
   *
   * @param starts first indices, one a dimension, negative from the end
   * @param stops indices after the last
   * @param steps 1 or more
   * @throws ShapeException if there is not one of each for every dimension, or a step is below 1
   */
  public static Tensor apply(Tensor x, int[] starts, int[] stops, int[] steps) {
    Shape shape = x.shape();
    int rank = shape.rank();
    if (starts.length != rank || stops.length != rank || steps.length != rank) {
      throw new ShapeException(
          "slice: "
              + shape
              + " needs a start, a stop and a step for each of its "
              + rank
              + " dimensions");
    }
    int[] from = new int[rank];
    int[] extents = new int[rank];
    int[] own = shape.strides();
    int[] strides = new int[rank];
    int offset = 0;
    for (int i = 0; i < rank; i++) {
      if (steps[i] < 1) {
        throw new ShapeException("slice: steps are 1 or more, not " + Arrays.toString(steps));
      }
      from[i] = clamp(starts[i], shape.dim(i));
      int to = clamp(stops[i], shape.dim(i));
      extents[i] = Math.max(0, (to - from[i] + steps[i] - 1) / steps[i]);
      strides[i] = own[i] * steps[i];
      offset += from[i] * own[i];
    }
    Shape cut = Shape.of(extents);
    int start = cut.size() == 0 ? 0 : offset;
    Tensor y =
        isRun(shape, cut, steps) && start % x.backend().alignment() == 0
            ? x.view(cut, start)
            : Tensor.picked(x, cut, StridedCopy.of(extents, start, strides, 0, cut.strides()));
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().fill(dx.buffer(), 0);
          if (cut.size() > 0) {
            x.backend()
                .copy(
                    StridedCopy.of(extents, 0, cut.strides(), start, strides),
                    dy.buffer(),
                    dx.buffer());
          }
          return dx;
        });
  }

  private static int clamp(int index, int extent) {
    int fromFront = index < 0 ? index + extent : index;
    return Math.max(0, Math.min(extent, fromFront));
  }

  /** Whether the elements lie side by side: dimensions after the first that is cut are whole. */
  private static boolean isRun(Shape whole, Shape cut, int[] steps) {
    boolean single = true;
    for (int i = 0; i < whole.rank(); i++) {
      boolean full = cut.dim(i) == whole.dim(i);
      if (!single && !full || steps[i] != 1 && cut.dim(i) > 1) {
        return false;
      }
      single &= cut.dim(i) == 1;
    }
    return true;
  }
}
