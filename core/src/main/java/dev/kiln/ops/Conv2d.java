package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Rows;
import dev.kiln.backend.Unary;
import org.jspecify.annotations.Nullable;

/**
 * Two-dimensional convolution (cross-correlation: the kernel is not flipped), one call with all of
 * its end: {@code y = f(x ∗ w + b + residual)}.
 */
public final class Conv2d {
  private Conv2d() {}

  /**
   * {@code y = x ∗ w + b}.
   *
   * @param x {@code [n, in, h, w]}
   * @param weight {@code [out, in / groups, kh, kw]}
   * @param bias {@code [out]} or null
   * @return {@code [n, out, oh, ow]} with {@code oh = (h + 2 padding - dilation (kh - 1) - 1) /
   *     stride + 1}, rounded down
   * @throws ShapeException if they do not fit, or the kernel is larger than the padded input
   */
  public static Tensor apply(
      Tensor x, Tensor weight, @Nullable Tensor bias, Conv2dOptions options) {
    return apply(x, weight, bias, options, null, null);
  }

  /**
   * {@code y = f(x ∗ w + b + residual)}, with the bits of the convolution, {@link Arithmetic#add}
   * and {@link Activation#apply} one after the other. ReLU, and where no gradient is wanted GELU in
   * both forms, are applied as the results are written; other functions, and GELU with a gradient,
   * which takes what it was applied to, in a pass of their own.
   *
   * @param x {@code [n, in, h, w]}
   * @param weight {@code [out, in / groups, kh, kw]}
   * @param bias {@code [out]} or null
   * @param residual {@code [n, out, oh, ow]} or null
   * @param f null for none
   * @return {@code [n, out, oh, ow]}
   * @throws ShapeException if they do not fit, or the kernel is larger than the padded input
   */
  public static Tensor apply(
      Tensor x,
      Tensor weight,
      @Nullable Tensor bias,
      Conv2dOptions options,
      @Nullable Tensor residual,
      @Nullable Unary f) {
    Operands.check("conv2d", x, weight, bias, residual);
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
    Shape shape = Shape.of(spec.n(), spec.outChannels(), spec.outHeight(), spec.outWidth());
    Ending.checkResidual(
        "conv2d", residual, shape, "input " + x.shape() + ", weight " + weight.shape());
    if (f != null && !Ending.takes(f, x, weight, bias, residual)) {
      return Activation.apply(f, apply(x, weight, bias, options, residual, null));
    }
    Tensor y = Tensor.empty(x.device(), DType.FLOAT32, shape);
    Ending ending = new Ending(bias, residual, f);
    y.backend().conv2d(spec, x.buffer(), weight.buffer(), ending.epilogue(), y.buffer());

    return ending.record(
        y,
        x,
        weight,
        new Ending.ProductGradients() {
          @Override
          public Tensor input(Tensor dz) {
            Tensor dx = Tensor.like(x);
            dx.backend().conv2dInputGradient(spec, dz.buffer(), weight.buffer(), dx.buffer());
            return dx;
          }

          @Override
          public Tensor weight(Tensor dz) {
            Tensor dw = Tensor.like(weight);
            dw.backend().conv2dWeightGradient(spec, x.buffer(), dz.buffer(), dw.buffer());
            return dw;
          }

          @Override
          public Tensor bias(Tensor dz, Tensor b) {
            return biasGradient(spec, dz).view(b.shape());
          }
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
