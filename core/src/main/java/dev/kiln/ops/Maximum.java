package dev.kiln.ops;

import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Binary;

/**
 * The larger or the smaller of two tensors, element by element, with broadcasting. NaN wins; the
 * gradient goes to the winner, and in halves to both of two equals.
 */
public final class Maximum {
  private Maximum() {}

  /** {@code max(a, b)}. */
  public static Tensor of(Tensor a, Tensor b) {
    Tensor y = Arithmetic.apply("maximum", Binary.MAXIMUM, a, b);
    return Tape.record(y, new Tensor[] {a, b}, dy -> shares(a, b, dy, true));
  }

  /** {@code min(a, b)}. */
  public static Tensor minimum(Tensor a, Tensor b) {
    Tensor y = Arithmetic.apply("minimum", Binary.MINIMUM, a, b);
    return Tape.record(y, new Tensor[] {a, b}, dy -> shares(a, b, dy, false));
  }

  private static Tensor[] shares(Tensor a, Tensor b, Tensor dy, boolean larger) {
    return new Tensor[] {
      a.requiresGrad() ? Spread.sumTo(share(a, b, dy, larger), a.shape()) : null,
      b.requiresGrad() ? Spread.sumTo(share(b, a, dy, larger), b.shape()) : null
    };
  }

  /** Of the upstream gradient what goes to {@code x}. */
  private static Tensor share(Tensor x, Tensor other, Tensor dy, boolean larger) {
    Tensor slope =
        larger
            ? Arithmetic.apply("maximum", Binary.MAXIMUM_SLOPE, x, other)
            : Arithmetic.apply("minimum", Binary.MAXIMUM_SLOPE, other, x);
    return Arithmetic.apply("mul", Binary.MUL, dy, slope);
  }
}
