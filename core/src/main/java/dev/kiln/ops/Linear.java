package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** A fully connected layer: {@code y = x Wᵀ + b}, one gemm with the bias in its write-back. */
public final class Linear {
  private Linear() {}

  /**
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]} or null
   * @return {@code [..., out]}
   * @throws ShapeException if they do not fit
   */
  public static Tensor apply(Tensor x, Tensor weight, @Nullable Tensor bias) {
    Operands.check("linear", x, weight, bias);
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
    int rows = x.shape().size(0, x.shape().rank() - 1);
    Tensor y = Tensor.empty(x.device(), x.dtype(), x.shape().with(x.shape().rank() - 1, out));
    x.backend()
        .gemm(
            GemmSpec.of(rows, out, in, false, true),
            x.buffer(),
            weight.buffer(),
            bias == null ? null : bias.buffer(),
            y.buffer());

    Tensor[] inputs = bias == null ? new Tensor[] {x, weight} : new Tensor[] {x, weight, bias};
    return Tape.record(
        y,
        inputs,
        dy -> {
          @Nullable Tensor[] gradients = new Tensor[inputs.length];
          if (x.requiresGrad()) {
            Tensor dx = Tensor.like(x);
            x.backend()
                .gemm(
                    GemmSpec.of(rows, in, out, false, false),
                    dy.buffer(),
                    weight.buffer(),
                    null,
                    dx.buffer());
            gradients[0] = dx;
          }
          if (weight.requiresGrad()) {
            Tensor dw = Tensor.like(weight);
            x.backend()
                .gemm(
                    GemmSpec.of(out, in, rows, true, false),
                    dy.buffer(),
                    x.buffer(),
                    null,
                    dw.buffer());
            gradients[1] = dw;
          }
          if (bias != null && bias.requiresGrad()) {
            Tensor db = Tensor.like(bias);
            x.backend().sum(new Rows(1, rows, out), 1, dy.buffer(), db.buffer());
            gradients[2] = db;
          }
          return gradients;
        });
  }
}
