package dev.kiln.ops;

import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Unary;
import java.util.Locale;

/** Functions of single elements: {@code y = f(x)}, {@code dx = f'(x) · dy}. */
public final class Activation {
  private Activation() {}

  /**
   * @return the shape of {@code x}
   */
  public static Tensor apply(Unary f, Tensor x) {
    Operands.check(f.function().name().toLowerCase(Locale.ROOT), x);
    Tensor y = Tensor.like(x);
    x.backend().unary(f, x.buffer(), y.buffer());

    Tensor kept = f.keepsOutput() ? y : x;
    return Tape.record(
        y,
        x,
        dy -> {
          Tensor dx = Tensor.like(x);
          x.backend().unaryGradient(f, kept.buffer(), dy.buffer(), dx.buffer());
          return dx;
        });
  }

  /**
   * {@code log(1 + exp(beta x)) / beta}, and x itself where {@code beta x > threshold}.
   *
   * @throws IllegalArgumentException if {@code beta} is not above 0
   */
  public static Tensor softplus(Tensor x, float beta, float threshold) {
    if (!(beta > 0)) {
      throw new IllegalArgumentException("softplus: beta is above 0, not " + beta);
    }
    return apply(Unary.softplus(beta, threshold), x);
  }

  /**
   * {@code min(max(x, min), max)}; where {@code min > max} all is {@code max}. Infinite bounds let
   * everything through; the gradient at a bound passes.
   *
   * @throws IllegalArgumentException if a bound is NaN
   */
  public static Tensor clamp(Tensor x, float min, float max) {
    if (Float.isNaN(min) || Float.isNaN(max)) {
      throw new IllegalArgumentException(
          "clamp: the bounds are numbers, not "
              + min
              + " and "
              + max
              + "; an infinite one bounds nothing");
    }
    return apply(Unary.clamp(min, max), x);
  }
}
