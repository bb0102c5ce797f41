package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;

/**
 * Sum, difference, product and quotient of two tensors, with broadcasting: shapes are aligned at
 * the last dimension, and an extent of 1 repeats.
 */
public final class Arithmetic {
  private Arithmetic() {}

  /** {@code a + b}. */
  public static Tensor add(Tensor a, Tensor b) {
    Tensor y = apply("add", Binary.ADD, a, b);
    return Tape.record(
        y,
        new Tensor[] {a, b},
        dy ->
            new Tensor[] {
              a.requiresGrad() ? Spread.sumTo(dy, a.shape()) : null,
              b.requiresGrad() ? Spread.sumTo(dy, b.shape()) : null
            });
  }

  /** {@code a - b}. */
  public static Tensor sub(Tensor a, Tensor b) {
    Tensor y = apply("sub", Binary.SUB, a, b);
    return Tape.record(
        y,
        new Tensor[] {a, b},
        dy ->
            new Tensor[] {
              a.requiresGrad() ? Spread.sumTo(dy, a.shape()) : null,
              b.requiresGrad() ? affine(Spread.sumTo(dy, b.shape()), -1, 0) : null
            });
  }

  /** {@code a · b}, element by element. */
  public static Tensor mul(Tensor a, Tensor b) {
    Tensor y = apply("mul", Binary.MUL, a, b);
    return Tape.record(
        y,
        new Tensor[] {a, b},
        dy ->
            new Tensor[] {
              a.requiresGrad() ? Spread.sumTo(apply("mul", Binary.MUL, dy, b), a.shape()) : null,
              b.requiresGrad() ? Spread.sumTo(apply("mul", Binary.MUL, dy, a), b.shape()) : null
            });
  }

  /** {@code a / b}; division by 0 gives infinities and NaN as IEEE 754 says. */
  public static Tensor div(Tensor a, Tensor b) {
    Tensor y = apply("div", Binary.DIV, a, b);
    return Tape.record(
        y,
        new Tensor[] {a, b},
        dy -> {
          // da = dy / b and db = -(dy / b) y
          Tensor da = apply("div", Binary.DIV, dy, b);
          return new Tensor[] {
            a.requiresGrad() ? Spread.sumTo(da, a.shape()) : null,
            b.requiresGrad()
                ? affine(Spread.sumTo(apply("mul", Binary.MUL, da, y), b.shape()), -1, 0)
                : null
          };
        });
  }

  /** {@code scale · x + shift} with two numbers. */
  public static Tensor scale(Tensor x, float scale, float shift) {
    Operands.check("scale", x);
    return Tape.record(affine(x, scale, shift), x, dy -> affine(dy, scale, 0));
  }

  static Tensor apply(String op, Binary f, Tensor a, Tensor b) {
    Operands.check(op, a, b);
    Shape shape = Shape.broadcast(op, a.shape(), b.shape());
    Tensor y = Tensor.empty(a.device(), a.dtype(), shape);
    a.backend()
        .binary(f, Broadcast.of(a.shape(), b.shape(), shape), a.buffer(), b.buffer(), y.buffer());
    return y;
  }

  static Tensor affine(Tensor x, float scale, float shift) {
    Tensor y = Tensor.like(x);
    x.backend().affine(scale, shift, x.buffer(), y.buffer());
    return y;
  }
}
