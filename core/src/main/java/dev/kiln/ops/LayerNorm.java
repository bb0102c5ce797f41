package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalization (Ba, Kiros and Hinton 2016): {@code y = (x - mean) / sqrt(variance + eps) ·
 * weight + bias}, with mean and biased variance over the last dimensions.
 */
public final class LayerNorm {
  private LayerNorm() {}

  /**
   * @param x any shape that ends in {@code normalized}
   * @param normalized the extents that are normalized together, at least one
   * @param weight of the shape {@code normalized}; null for 1
   * @param bias likewise; null for 0
   * @param eps what keeps a constant row from division by 0
   * @return the shape of {@code x}
   * @throws ShapeException if they do not fit
   */
  public static Tensor apply(
      Tensor x, Shape normalized, @Nullable Tensor weight, @Nullable Tensor bias, float eps) {
    Operands.check("layer_norm", x, weight, bias);
    int rows = rows(x.shape(), normalized);
    checkParameter("weight", weight, normalized);
    checkParameter("bias", bias, normalized);
    int n = normalized.size();
    Tensor y = Tensor.like(x);
    Tensor mean = Tensor.empty(x.device(), DType.FLOAT32, Shape.of(rows));
    Tensor invStd = Tensor.like(mean);
    x.backend()
        .layerNorm(
            rows,
            n,
            eps,
            x.buffer(),
            weight == null ? null : weight.buffer(),
            bias == null ? null : bias.buffer(),
            y.buffer(),
            mean.buffer(),
            invStd.buffer());
    List<Tensor> inputs = new ArrayList<>();
    for (Tensor input : new @Nullable Tensor[] {x, weight, bias}) {
      if (input != null) {
        inputs.add(input);
      }
    }
    return Tape.record(
        y,
        inputs.toArray(new Tensor[0]),
        dy -> {
          Tensor dx = wanted(x);
          Tensor dweight = wanted(weight);
          Tensor dbias = wanted(bias);
          x.backend()
              .layerNormGradient(
                  rows,
                  n,
                  x.buffer(),
                  dy.buffer(),
                  weight == null ? null : weight.buffer(),
                  mean.buffer(),
                  invStd.buffer(),
                  dx == null ? null : dx.buffer(),
                  dweight == null ? null : dweight.buffer(),
                  dbias == null ? null : dbias.buffer());
          List<@Nullable Tensor> gradients = new ArrayList<>();
          gradients.add(dx);
          if (weight != null) {
            gradients.add(dweight);
          }
          if (bias != null) {
            gradients.add(dbias);
          }
          return gradients.toArray(new Tensor[0]);
        });
  }

  private static @Nullable Tensor wanted(@Nullable Tensor x) {
    return x == null || !x.requiresGrad() ? null : Tensor.like(x);
  }

  private static int rows(Shape shape, Shape normalized) {
    int lead = shape.rank() - normalized.rank();
    boolean fits = normalized.rank() > 0 && lead >= 0;
    for (int i = 0; fits && i < normalized.rank(); i++) {
      fits = shape.dim(lead + i) == normalized.dim(i);
    }
    if (!fits) {
      throw new ShapeException(
          "layer_norm: the input " + shape + " should end in what is normalized, " + normalized);
    }
    return shape.size(0, lead);
  }

  private static void checkParameter(String name, @Nullable Tensor parameter, Shape normalized) {
    if (parameter != null && !parameter.shape().equals(normalized)) {
      throw new ShapeException(
          "layer_norm: the "
              + name
              + " "
              + parameter.shape()
              + " should be "
              + normalized
              + ", the shape that is normalized");
    }
  }
}
