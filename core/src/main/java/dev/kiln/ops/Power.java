package dev.kiln.ops;

import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Binary;

/** Powers whose exponents are a tensor, with broadcasting. */
public final class Power {
  private Power() {}

  /**
   * {@code a} to the power of {@code b}. A negative number to a power that is no integer is NaN.
   *
   * @return the shape that both broadcast to
   * @throws dev.kiln.ShapeException if they do not
   */
  public static Tensor apply(Tensor a, Tensor b) {
    Tensor y = Arithmetic.apply("pow", Binary.POW, a, b);
    return Tape.record(
        y,
        new Tensor[] {a, b},
        dy ->
            new Tensor[] {
              a.requiresGrad()
                  ? Spread.sumTo(sloped(Binary.POW_BASE_SLOPE, a, b, dy), a.shape())
                  : null,
              b.requiresGrad()
                  ? Spread.sumTo(sloped(Binary.POW_EXPONENT_SLOPE, a, b, dy), b.shape())
                  : null
            });
  }

  private static Tensor sloped(Binary slope, Tensor a, Tensor b, Tensor dy) {
    return Arithmetic.apply("mul", Binary.MUL, dy, Arithmetic.apply("pow", slope, a, b));
  }
}
