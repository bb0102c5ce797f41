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
    Operands.check(f.name().toLowerCase(Locale.ROOT), x);
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
}
