package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.DropoutSpec;

/**
 * Random zeros against overfitting (Srivastava et al. 2014): an element is 0 with probability p,
 * else multiplied by {@code 1 / (1 - p)}. The mask is a function of seed and stream and is not
 * stored.
 */
public final class Dropout {
  private Dropout() {}

  /**
   * @param x any shape
   * @param p the chance of a zero, 0 to 1
   * @param seed with {@code stream} it settles the mask, the same on every device
   * @param stream a number of its own for each call
   * @return the shape of {@code x}
   */
  public static Tensor apply(Tensor x, float p, long seed, long stream) {
    return apply("dropout", x, p, seed, stream, 1);
  }

  /**
   * Whole channels are dropped (Tompson et al. 2015).
   *
   * @param x {@code [n, c, ...]}
   */
  public static Tensor channels(Tensor x, float p, long seed, long stream) {
    Shape shape = x.shape();
    if (shape.rank() < 3) {
      throw new ShapeException("dropout2d: the input " + shape + " should be [n, c, h, w]");
    }
    return apply("dropout2d", x, p, seed, stream, shape.size(2, shape.rank()));
  }

  private static Tensor apply(String op, Tensor x, float p, long seed, long stream, int inner) {
    Operands.check(op, x);
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException(op + ": the probability is from 0 to 1, not " + p);
    }
    if (p == 1) {
      return Arithmetic.scale(x, 0, 0);
    }
    DropoutSpec spec = new DropoutSpec(inner, p, seed, stream);
    Tensor y = Tensor.like(x);
    x.backend().dropout(spec, x.buffer(), y.buffer());
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().dropout(spec, dy.buffer(), dx.buffer());
          return dx;
        });
  }
}
