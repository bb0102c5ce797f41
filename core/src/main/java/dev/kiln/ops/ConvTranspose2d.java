package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Epilogue;
import org.jspecify.annotations.Nullable;

/**
 * Two-dimensional transposed convolution: what {@link Conv2d}'s gradient makes of its output, as an
 * op. It enlarges: with stride 2 each input pixel lies two apart in the output.
 */
public final class ConvTranspose2d {
  private ConvTranspose2d() {}

  /**
   * @param x {@code [n, in, h, w]}
   * @param weight {@code [in, out / groups, kh, kw]}
   * @param bias {@code [out]} or null
   * @param options of the convolution that this one reverses
   * @param outputPadding rows and columns more at the bottom and the right, each less than stride
   *     or dilation: of the sizes that the convolution takes to {@code [h, w]}, which one
   * @return {@code [n, out, oh, ow]} with {@code oh = (h - 1) stride - 2 padding + dilation (kh -
   *     1) + output padding + 1}
   * @throws ShapeException if they do not fit, or nothing is left of the output
   */
  public static Tensor apply(
      Tensor x, Tensor weight, @Nullable Tensor bias, Conv2dOptions options, int... outputPadding) {
    Operands.check("conv_transpose2d", x, weight, bias);
    Conv2dSpec spec = spec(x.shape(), weight.shape(), options, outputPadding);
    if (bias != null && !bias.shape().equals(Shape.of(spec.inChannels()))) {
      throw new ShapeException(
          "conv_transpose2d: the bias "
              + bias.shape()
              + " should be ["
              + spec.inChannels()
              + "], one number an output channel (weight "
              + weight.shape()
              + ", groups "
              + spec.groups()
              + ")");
    }
    Tensor y = enlarge(spec, x, weight);
    return bias == null ? y : y.add(bias.reshape(spec.inChannels(), 1, 1));
  }

  private static Tensor enlarge(Conv2dSpec spec, Tensor x, Tensor weight) {
    Tensor y =
        Tensor.empty(
            x.device(),
            DType.FLOAT32,
            Shape.of(spec.n(), spec.inChannels(), spec.inHeight(), spec.inWidth()));
    x.backend().conv2dInputGradient(spec, x.buffer(), weight.buffer(), y.buffer());

    Tensor[] inputs = {x, weight};
    return Tape.record(
        y,
        inputs,
        dy -> {
          @Nullable Tensor[] gradients = new Tensor[inputs.length];
          if (x.requiresGrad()) {
            Tensor dx = Tensor.like(x);
            x.backend().conv2d(spec, dy.buffer(), weight.buffer(), Epilogue.NONE, dx.buffer());
            gradients[0] = dx;
          }
          if (weight.requiresGrad()) {
            Tensor dw = Tensor.like(weight);
            x.backend().conv2dWeightGradient(spec, dy.buffer(), x.buffer(), dw.buffer());
            gradients[1] = dw;
          }
          return gradients;
        });
  }

  /** The convolution that is reversed: its input is our output. */
  private static Conv2dSpec spec(
      Shape x, Shape weight, Conv2dOptions options, int... outputPadding) {
    if (x.rank() != 4 || weight.rank() != 4) {
      throw new ShapeException(
          "conv_transpose2d: the input "
              + x
              + " should be [n, in, h, w] and the weight "
              + weight
              + " [in, out / groups, kh, kw]");
    }
    int groups = options.groups();
    if (x.dim(1) != weight.dim(0) || x.dim(1) % groups != 0) {
      throw new ShapeException(
          "conv_transpose2d: the input has "
              + x.dim(1)
              + " channels but the weight wants "
              + weight.dim(0)
              + (x.dim(1) % groups != 0 ? ", and they do not divide" : "")
              + " (weight "
              + weight
              + " = [in, out / groups, kh, kw], groups "
              + groups
              + ", input "
              + x
              + ")");
    }
    int moreHeight = outputPadding.length == 0 ? 0 : outputPadding[0];
    int moreWidth = outputPadding.length == 0 ? 0 : outputPadding[outputPadding.length - 1];
    if (moreHeight < 0
        || moreWidth < 0
        || moreHeight >= Math.max(options.strideHeight(), options.dilationHeight())
        || moreWidth >= Math.max(options.strideWidth(), options.dilationWidth())) {
      throw new ShapeException(
          "conv_transpose2d: the output padding ("
              + moreHeight
              + ", "
              + moreWidth
              + ") should be at least 0 and less than stride ("
              + options.strideHeight()
              + ", "
              + options.strideWidth()
              + ") or dilation ("
              + options.dilationHeight()
              + ", "
              + options.dilationWidth()
              + ")");
    }
    int height =
        (x.dim(2) - 1) * options.strideHeight()
            - 2 * options.paddingHeight()
            + options.dilationHeight() * (weight.dim(2) - 1)
            + moreHeight
            + 1;
    int width =
        (x.dim(3) - 1) * options.strideWidth()
            - 2 * options.paddingWidth()
            + options.dilationWidth() * (weight.dim(3) - 1)
            + moreWidth
            + 1;
    if (height < 1
        || width < 1
        || x.dim(2) < 1
        || x.dim(3) < 1
        || weight.dim(2) < 1
        || weight.dim(3) < 1) {
      throw new ShapeException(
          "conv_transpose2d: nothing is left of the output, ["
              + height
              + ", "
              + width
              + "], for the input "
              + x
              + ", the weight "
              + weight
              + " and padding ("
              + options.paddingHeight()
              + ", "
              + options.paddingWidth()
              + "); use less padding");
    }
    return new Conv2dSpec(
        x.dim(0),
        weight.dim(1) * groups,
        height,
        width,
        x.dim(1),
        x.dim(2),
        x.dim(3),
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
}
