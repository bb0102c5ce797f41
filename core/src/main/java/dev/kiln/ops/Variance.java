package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Unary;

/**
 * Variance and standard deviation over dimensions, in passes: the mean first, then the squares of
 * what lies beside it, so that a large mean costs no digits.
 */
public final class Variance {
  /** Below it a deviation counts as 0, whose slope is 0: nothing differs from the mean then. */
  private static final float NO_DEVIATION = 1e-23f;

  private Variance() {}

  /**
   * @param unbiased divide by one less than the number of elements (Bessel's correction)
   * @param keepDim reduced dimensions stay with extent 1, else they go
   * @param dims the dimensions to reduce, negative ones from the end; none means all
   * @return NaN where there are too few elements
   * @throws dev.kiln.ShapeException for a dimension that is not there or named twice
   */
  public static Tensor var(Tensor x, boolean unbiased, boolean keepDim, int... dims) {
    return apply("var", false, x, unbiased, keepDim, dims);
  }

  /** The square root of {@link #var}; the gradient at 0 is 0. */
  public static Tensor std(Tensor x, boolean unbiased, boolean keepDim, int... dims) {
    return apply("std", true, x, unbiased, keepDim, dims);
  }

  private static Tensor apply(
      String op, boolean root, Tensor x, boolean unbiased, boolean keepDim, int... dims) {
    Operands.check(op, x);
    boolean[] reduced = Reduce.marked(op, x.shape(), dims);
    Shape kept = x.shape();
    int count = 1;
    for (int i = 0; i < reduced.length; i++) {
      if (reduced[i]) {
        count *= kept.dim(i);
        kept = kept.with(i, 1);
      }
    }
    Shape full = kept;
    int degrees = unbiased ? count - 1 : count;
    float scale = degrees > 0 ? (float) (1.0 / degrees) : 0;
    float share = count > 0 ? (float) (1.0 / count) : 0;
    Tensor rough = centered(op, x, reduced, full, share);
    // once more: what rounding the mean left over is small, and so is its own rounding
    Tensor centered = centered(op, rough, reduced, full, share);
    rough.close();
    Tensor squares = Tensor.like(centered);
    x.backend().unary(Unary.SQUARE, centered.buffer(), squares.buffer());
    Tensor result = total(squares, reduced, scale).view(full);
    squares.close();
    if (degrees <= 0) {
      result.backend().fill(result.buffer(), Float.NaN);
    }
    if (root) {
      result.backend().unary(Unary.SQRT, result.buffer(), result.buffer());
    }
    Tensor y = result.view(keepDim ? full : Reduce.dropped(full, reduced));
    return Tape.record(
        y,
        x,
        dy -> {
          // dx = 2 (x - mean) / degrees · dy, for the root divided by 2 y
          Tensor each =
              Arithmetic.affine(
                  dy.view(full), root ? scale : 2 * scale, degrees > 0 ? 0 : Float.NaN);
          if (root) {
            Tensor deviation = Tensor.like(result);
            Unary atLeast = Unary.clamp(NO_DEVIATION, Float.POSITIVE_INFINITY);
            x.backend().unary(atLeast, result.buffer(), deviation.buffer());
            each = Arithmetic.apply(op, Binary.DIV, each, deviation);
          }
          return Arithmetic.apply(op, Binary.MUL, centered, each);
        });
  }

  private static Tensor centered(String op, Tensor x, boolean[] reduced, Shape full, float share) {
    Tensor mean = total(x, reduced, share);
    Tensor centered = Arithmetic.apply(op, Binary.SUB, x, mean.view(full));
    mean.close();
    return centered;
  }

  private static Tensor total(Tensor x, boolean[] reduced, float scale) {
    return reduced.length == 0 ? Arithmetic.affine(x, scale, 0) : Spread.sum(x, reduced, scale);
  }
}
