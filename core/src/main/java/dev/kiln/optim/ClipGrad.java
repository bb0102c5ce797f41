package dev.kiln.optim;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Rows;
import java.util.ArrayList;
import java.util.List;

/** Keeps gradients from exploding, between the backward pass and the step. */
public final class ClipGrad {
  private static final double EPS = 1e-6;

  private ClipGrad() {}

  /**
   * Scales all gradients so that their norm, taken over all together, is at most {@code maximum}
   * (Pascanu, Mikolov and Bengio 2013; PyTorch's {@code clip_grad_norm_}). Waits for the gradients:
   * once, whatever their number.
   *
   * @param parameters of one device; those without a gradient count for nothing
   * @return the norm before
   */
  public static double norm(List<Tensor> parameters, double maximum) {
    List<Tensor> gradients = new ArrayList<>();
    for (Tensor parameter : parameters) {
      Tensor gradient = parameter.grad();
      if (gradient != null) {
        gradients.add(gradient);
      }
    }
    if (gradients.isEmpty()) {
      return 0;
    }
    double norm = Math.sqrt(sumOfSquares(gradients));
    double scale = maximum / (norm + EPS);
    if (!(scale >= 1)) {
      for (Tensor gradient : gradients) {
        gradient.backend().affine((float) scale, 0, gradient.buffer(), gradient.buffer());
      }
    }
    return norm;
  }

  /** Each gradient's sum goes to a place of its own, so that one transfer brings them all. */
  private static double sumOfSquares(List<Tensor> gradients) {
    Tensor any = gradients.get(0);
    Backend backend = any.backend();
    int apart = backend.alignment();
    try (Tensor sums = Tensor.zeros(any.device(), Math.multiplyExact(gradients.size(), apart))) {
      for (int i = 0; i < gradients.size(); i++) {
        Tensor gradient = gradients.get(i);
        Shape shape = gradient.shape();
        try (Tensor squares = Tensor.empty(any.device(), DType.FLOAT32, shape);
            Tensor sum = sums.view(Shape.scalar(), i * apart)) {
          Broadcast plain = Broadcast.of(shape, shape, shape);
          backend.binary(Binary.MUL, plain, gradient.buffer(), gradient.buffer(), squares.buffer());
          backend.sum(new Rows(1, shape.size(), 1), 1, squares.buffer(), sum.buffer());
        }
      }
      double total = 0;
      float[] values = sums.toFloats();
      for (int i = 0; i < values.length; i += apart) {
        total += values[i];
      }
      return total;
    }
  }
}
