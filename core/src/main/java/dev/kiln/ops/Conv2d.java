package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/** Two-dimensional convolution (cross-correlation: the kernel is not flipped). */
public final class Conv2d {
  private Conv2d() {}

  /**
   * @param x {@code [n, in, h, w]}
   * @param weight {@code [out, in / groups, kh, kw]}
   * @param bias {@code [out]} or null
   * @return {@code [n, out, oh, ow]} with {@code oh = (h + 2 padding - dilation (kh - 1) - 1) /
   *     stride + 1}, rounded down
   * @throws ShapeException if they do not fit, or the kernel is larger than the padded input
   */
  public static Tensor apply(
      Tensor x, Tensor weight, @Nullable Tensor bias, Conv2dOptions options) {
    Operands.check("conv2d", x, weight, bias);
    Conv2dSpec spec = spec(x.shape(), weight.shape(), options);
    if (bias != null && !bias.shape().equals(Shape.of(spec.outChannels()))) {
      throw new ShapeException(
          "conv2d: the bias "
              + bias.shape()
              + " should be ["
              + spec.outChannels()
              + "], one number an output channel (weight "
              + weight.shape()
              + ")");
    }
    Tensor y =
        Tensor.empty(
            x.device(),
            DType.FLOAT32,
            Shape.of(spec.n(), spec.outChannels(), spec.outHeight(), spec.outWidth()));
    x.backend()
        .conv2d(spec, x.buffer(), weight.buffer(), bias == null ? null : bias.buffer(), y.buffer());

    Tensor[] inputs = bias == null ? new Tensor[] {x, weight} : new Tensor[] {x, weight, bias};
    return Tape.record(
        y,
        inputs,
        dy -> {
          @Nullable Tensor[] gradients = new Tensor[inputs.length];
          if (x.requiresGrad()) {
            Tensor dx = Tensor.like(x);
            x.backend().conv2dInputGradient(spec, dy.buffer(), weight.buffer(), dx.buffer());
            gradients[0] = dx;
          }
          if (weight.requiresGrad()) {
            Tensor dw = Tensor.like(weight);
            x.backend().conv2dWeightGradient(spec, x.buffer(), dy.buffer(), dw.buffer());
            gradients[1] = dw;
          }
          if (bias != null && bias.requiresGrad()) {
            gradients[2] = biasGradient(spec, dy).view(bias.shape());
          }
          return gradients;
        });
  }

  /** {@code dy} summed over pixels, then over the batch. */
  private static Tensor biasGradient(Conv2dSpec spec, Tensor dy) {
    Tensor perImage =
        Tensor.empty(dy.device(), DType.FLOAT32, Shape.of(spec.n(), spec.outChannels()));
    Tensor sum = Tensor.empty(dy.device(), DType.FLOAT32, Shape.of(spec.outChannels()));
    dy.backend()
        .sum(
            new Rows(spec.n() * spec.outChannels(), spec.outPixels(), 1),
            1,
            dy.buffer(),
            perImage.buffer());
    dy.backend().sum(new Rows(1, spec.n(), spec.outChannels()), 1, perImage.buffer(), sum.buffer());
    perImage.close();
    return sum;
  }

  private static Conv2dSpec spec(Shape x, Shape weight, Conv2dOptions options) {
    if (x.rank() != 4 || weight.rank() != 4) {
      throw new ShapeException(
          "conv2d: the input "
              + x
              + " should be [n, in, h, w] and the weight "
              + weight
              + " [out, in / groups, kh, kw]");
    }
    int groups = options.groups();
    if (x.dim(1) != weight.dim(1) * groups || weight.dim(0) % groups != 0) {
      throw new ShapeException(
          "conv2d: the input has "
              + x.dim(1)
              + " channels but the weight wants "
              + weight.dim(1) * groups
              + (weight.dim(0) % groups != 0
                  ? ", and " + weight.dim(0) + " outputs do not divide into " + groups + " groups"
                  : "")
              + " (weight "
              + weight
              + " = [out, in / groups, kh, kw], groups "
              + groups
              + ", input "
              + x
              + ")");
    }
    int outHeight =
        outExtent(
            x.dim(2),
            weight.dim(2),
            options.strideHeight(),
            options.paddingHeight(),
            options.dilationHeight());
    int outWidth =
        outExtent(
            x.dim(3),
            weight.dim(3),
            options.strideWidth(),
            options.paddingWidth(),
            options.dilationWidth());
    if (outHeight < 1 || outWidth < 1 || weight.dim(2) < 1 || weight.dim(3) < 1) {
      throw new ShapeException(
          "conv2d: the kernel of weight "
              + weight
              + " does not fit into the input "
              + x
              + " with padding ("
              + options.paddingHeight()
              + ", "
              + options.paddingWidth()
              + ") and dilation ("
              + options.dilationHeight()
              + ", "
              + options.dilationWidth()
              + "); use more padding or a smaller kernel");
    }
    return new Conv2dSpec(
        x.dim(0),
        x.dim(1),
        x.dim(2),
        x.dim(3),
        weight.dim(0),
        outHeight,
        outWidth,
        weight.dim(2),
        weight.dim(3),
        options.strideHeight(),
        options.strideWidth(),
        options.paddingHeight(),
        options.paddingWidth(),
        options.dilationHeight(),
        options.dilationWidth(),
        groups);
  }

  private static int outExtent(int in, int kernel, int stride, int padding, int dilation) {
    return Math.floorDiv(in + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
  }
}
