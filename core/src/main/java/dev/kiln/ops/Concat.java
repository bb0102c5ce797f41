package dev.kiln.ops;

import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tensors joined along a dimension: the join of Inception's branches. */
public final class Concat {
  private Concat() {}

  /**
   * @param parts at least one; shapes are equal but for {@code dim}
   * @param dim negative counts from the end
   * @throws ShapeException if there is none, or two do not fit
   */
  public static Tensor apply(List<Tensor> parts, int dim) {
    if (parts.isEmpty()) {
      throw new ShapeException("concat: there is nothing to join");
    }
    Tensor first = parts.get(0);
    int axis = first.shape().axis("concat", dim);
    int joined = 0;
    for (Tensor part : parts) {
      Operands.sameDevice("concat", first, part);
      if (part.dtype() != first.dtype()
          || part.shape().rank() != first.shape().rank()
          || first.shape().rank() == 0
          || !part.shape().without(axis).equals(first.shape().without(axis))) {
        throw new ShapeException(
            "concat: "
                + first.dtype()
                + " "
                + first.shape()
                + " and "
                + part.dtype()
                + " "
                + part.shape()
                + " should differ in dimension "
                + dim
                + " only");
      }
      joined += part.dim(axis);
    }
    Tensor y = Tensor.empty(first.device(), first.dtype(), first.shape().with(axis, joined));
    int at = 0;
    for (Tensor part : parts) {
      Block block = Block.of(part.shape(), y.shape(), axis, at);
      block.copyInto(part, y);
      at += part.dim(axis);
    }
    Tensor[] inputs = parts.toArray(new Tensor[0]);
    return Tape.record(
        y,
        inputs,
        dy -> {
          @Nullable Tensor[] gradients = new Tensor[inputs.length];
          int from = 0;
          for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].requiresGrad()) {
              gradients[i] = Tensor.like(inputs[i]);
              Block.of(inputs[i].shape(), dy.shape(), axis, from).copyOut(dy, gradients[i]);
            }
            from += inputs[i].dim(axis);
          }
          return gradients;
        });
  }

  /**
   * Tensors of one shape side by side along a new dimension.
   *
   * @param dim where the result has it; negative counts from the end
   * @throws ShapeException if there is none, or two shapes differ
   */
  public static Tensor stack(List<Tensor> parts, int dim) {
    if (parts.isEmpty()) {
      throw new ShapeException("stack: there is nothing to join");
    }
    List<Tensor> apart = new ArrayList<>();
    for (Tensor part : parts) {
      if (!part.shape().equals(parts.get(0).shape())) {
        throw new ShapeException(
            "stack: " + parts.get(0).shape() + " and " + part.shape() + " should be equal");
      }
      apart.add(Reshape.unsqueeze(part, dim));
    }
    return apply(apart, dim);
  }
}
