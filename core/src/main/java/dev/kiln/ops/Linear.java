package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.Rows;
import dev.kiln.backend.Unary;
import org.jspecify.annotations.Nullable;

/** A fully connected layer: {@code y = f(x Wᵀ + b + residual)}, one gemm with all of its end. */
public final class Linear {
  private Linear() {}

  /**
   * {@code y = x Wᵀ + b}.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]} or null
   * @return {@code [..., out]}
   * @throws ShapeException if they do not fit
   */
  public static Tensor apply(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return apply(x, weight, bias, null, null);
  }

  /**
   * {@code y = f(x Wᵀ + b + residual)}, with the bits of the layer, {@link Arithmetic#add} and
   * {@link Activation#apply} one after the other. ReLU, and where no gradient is wanted GELU in
   * both forms, are applied as the product is written; other functions, and GELU with a gradient,
   * which takes what it was applied to, in a pass of their own.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]} or null
   * @param residual {@code [..., out]} or null
   * @param f null for none
   * @return {@code [..., out]}
   * @throws ShapeException if they do not fit
   */
  public static Tensor apply(
      Tensor x,
      Tensor weight,
      @Nullable Tensor bias,
      @Nullable Tensor residual,
      @Nullable Unary f) {
    Operands.check("linear", x, weight, bias, residual);
    if (weight.shape().rank() != 2 || x.shape().rank() == 0 || x.dim(-1) != weight.dim(1)) {
      throw new ShapeException(
          "linear: the input "
              + x.shape()
              + " should end in "
              + (weight.shape().rank() == 2 ? weight.dim(1) : "in")
              + " features (weight "
              + weight.shape()
              + " = [out, in])");
    }
    int in = weight.dim(1);
    int out = weight.dim(0);
    if (bias != null && !bias.shape().equals(Shape.of(out))) {
      throw new ShapeException(
          "linear: the bias "
              + bias.shape()
              + " should be ["
              + out
              + "] (weight "
              + weight.shape()
              + " = [out, in])");
    }
    Shape shape = x.shape().with(x.shape().rank() - 1, out);
    Ending.checkResidual(
        "linear", residual, shape, "input " + x.shape() + ", weight " + weight.shape());
    if (f != null && !Ending.takes(f, x, weight, bias, residual)) {
      return Activation.apply(f, apply(x, weight, bias, residual, null));
    }
    int rows = x.shape().size(0, x.shape().rank() - 1);
    Tensor y = Tensor.empty(x.device(), x.dtype(), shape);
    Ending ending = new Ending(bias, residual, f);
    gemm(GemmSpec.of(rows, out, in, false, true), x, weight, ending.epilogue(), y);

    return ending.record(
        y,
        x,
        weight,
        new Ending.ProductGradients() {
          @Override
          public Tensor input(Tensor dz) {
            Tensor dx = Tensor.like(x);
            gemm(GemmSpec.of(rows, in, out, false, false), dz, weight, Epilogue.NONE, dx);
            return dx;
          }

          @Override
          public Tensor weight(Tensor dz) {
            Tensor dw = Tensor.like(weight);
            gemm(GemmSpec.of(out, in, rows, true, false), dz, x, Epilogue.NONE, dw);
            return dw;
          }

          @Override
          public Tensor bias(Tensor dz, Tensor b) {
            Tensor db = Tensor.like(b);
            dz.backend().sum(new Rows(1, rows, out), 1, dz.buffer(), db.buffer());
            return db;
          }
        });
  }

  private static void gemm(GemmSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor c) {
    c.backend().gemm(spec, a.buffer(), b.buffer(), epilogue, c.buffer());
  }
}
