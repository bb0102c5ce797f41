package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import org.jspecify.annotations.Nullable;

/** One-dimensional convolution: that of images one row high. */
public final class Conv1d {
  private Conv1d() {}

  /**
   * @param x {@code [n, in, length]}
   * @param weight {@code [out, in / groups, kernel]}
   * @param bias {@code [out]} or null
   * @return {@code [n, out, (length + 2 padding - dilation (kernel - 1) - 1) / stride + 1]}
   * @throws ShapeException if they do not fit, or the kernel is longer than the padded input
   */
  public static Tensor apply(
      Tensor x, Tensor weight, @Nullable Tensor bias, Conv1dOptions options) {
    Operands.check("conv1d", x, weight, bias);
    check(x.shape(), weight.shape(), options);
    if (bias != null && !bias.shape().equals(Shape.of(weight.dim(0)))) {
      throw new ShapeException(
          "conv1d: the bias "
              + bias.shape()
              + " should be ["
              + weight.dim(0)
              + "], one number an output channel (weight "
              + weight.shape()
              + ")");
    }
    return Conv2d.apply(x.unsqueeze(2), weight.unsqueeze(2), bias, options.flat()).squeeze(2);
  }

  private static void check(Shape x, Shape weight, Conv1dOptions options) {
    if (x.rank() != 3 || weight.rank() != 3) {
      throw new ShapeException(
          "conv1d: the input "
              + x
              + " should be [n, in, length] and the weight "
              + weight
              + " [out, in / groups, kernel]");
    }
    int groups = options.groups();
    if (x.dim(1) != weight.dim(1) * groups || weight.dim(0) % groups != 0) {
      throw new ShapeException(
          "conv1d: the input has "
              + x.dim(1)
              + " channels but the weight wants "
              + weight.dim(1) * groups
              + (weight.dim(0) % groups != 0
                  ? ", and " + weight.dim(0) + " outputs do not divide into " + groups + " groups"
                  : "")
              + " (weight "
              + weight
              + " = [out, in / groups, kernel], groups "
              + groups
              + ", input "
              + x
              + ")");
    }
    int reach = options.dilation() * (weight.dim(2) - 1) + 1;
    if (weight.dim(2) < 1 || reach > x.dim(2) + 2 * options.padding()) {
      throw new ShapeException(
          "conv1d: the kernel of weight "
              + weight
              + " does not fit into the input "
              + x
              + " with padding "
              + options.padding()
              + " and dilation "
              + options.dilation()
              + "; use more padding or a smaller kernel");
    }
  }
}
