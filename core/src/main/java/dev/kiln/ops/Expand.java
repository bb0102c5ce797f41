package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import java.util.Arrays;

/** The same elements several times over; a copy, since tensors are dense. */
public final class Expand {
  private Expand() {}

  /**
   * @param extents of the result, which {@code x} broadcasts to; -1 keeps an extent
   * @throws ShapeException if it does not
   */
  public static Tensor apply(Tensor x, int... extents) {
    int[] full = extents.clone();
    int lead = full.length - x.shape().rank();
    boolean fits = lead >= 0;
    for (int i = 0; fits && i < full.length; i++) {
      int own = i < lead ? 1 : x.dim(i - lead);
      full[i] = full[i] == -1 && i >= lead ? own : full[i];
      fits = full[i] == own || own == 1 && full[i] >= 0;
    }
    if (!fits) {
      throw new ShapeException(
          "expand: "
              + x.shape()
              + " does not become "
              + Arrays.toString(extents)
              + ": only extents of 1 are repeated, and new dimensions come first (-1 keeps one"
              + " that is there)");
    }
    return spread(x, Shape.of(full));
  }

  private static Tensor spread(Tensor x, Shape shape) {
    return Tape.record(Spread.expand(x, shape), x, dy -> Spread.sumTo(dy, x.shape()));
  }

  /**
   * Copies side by side: {@code [1, 2]} twice is {@code [1, 2, 1, 2]}.
   *
   * @param times how many in each dimension; more of them than {@code x} has are for new dimensions
   *     at the front
   * @throws ShapeException if there are fewer than dimensions, or one is negative
   */
  public static Tensor repeat(Tensor x, int... times) {
    int lead = times.length - x.shape().rank();
    if (lead < 0 || Arrays.stream(times).anyMatch(count -> count < 0)) {
      throw new ShapeException(
          "repeat: "
              + Arrays.toString(times)
              + " should say for each dimension of "
              + x.shape()
              + " how often, 0 or more");
    }
    int[] extents = new int[times.length];
    Arrays.fill(extents, 0, lead, 1);
    System.arraycopy(x.shape().toArray(), 0, extents, lead, x.shape().rank());
    Tensor y = Reshape.apply(x, Shape.of(extents));
    for (int i = 0; i < times.length; i++) {
      if (times[i] != 1) {
        Shape shape = y.shape();
        int run = shape.size(i, shape.rank());
        Tensor apart = Reshape.apply(y, Shape.of(shape.size(0, i), 1, run));
        Tensor spread = spread(apart, Shape.of(shape.size(0, i), times[i], run));
        y = Reshape.apply(spread, shape.with(i, shape.dim(i) * times[i]));
      }
    }
    return y;
  }
}
