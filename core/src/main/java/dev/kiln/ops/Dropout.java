package dev.kiln.ops;

import dev.kiln.Generator;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.Varying;
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
   * @param numbers where the mask is drawn from: its seed and next stream settle it, the same on
   *     every device
   * @return the shape of {@code x}
   */
  public static Tensor apply(Tensor x, float p, Generator numbers) {
    return apply("dropout", x, p, numbers, 1);
  }

  /**
   * Whole channels are dropped (Tompson et al. 2015).
   *
   * @param x {@code [n, c, ...]}
   */
  public static Tensor channels(Tensor x, float p, Generator numbers) {
    Shape shape = x.shape();
    if (shape.rank() < 3) {
      throw new ShapeException("dropout2d: the input " + shape + " should be [n, c, h, w]");
    }
    return apply("dropout2d", x, p, numbers, shape.size(2, shape.rank()));
  }

  private static Tensor apply(String op, Tensor x, float p, Generator numbers, int inner) {
    Operands.check(op, x);
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException(op + ": the probability is from 0 to 1, not " + p);
    }
    if (p == 1) {
      return Arithmetic.scale(x, 0, 0);
    }
    Varying<DropoutSpec> draw =
        x.device()
            .varying(
                () -> new DropoutSpec(inner, p, numbers.seed(), numbers.nextStream()),
                numbers::takeBackStream);
    Tensor y = Tensor.like(x);
    draw.call((backend, spec) -> backend.dropout(spec, x.buffer(), y.buffer()));
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          draw.call((backend, spec) -> backend.dropout(spec, dy.buffer(), dx.buffer()));
          return dx;
        });
  }
}
