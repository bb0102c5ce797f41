package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.Pool2d;
import dev.kiln.ops.Pool2dOptions;

/** The mean of each window: {@code [n, c, h, w]} to {@code [n, c, oh, ow]}. */
public final class AvgPool2d extends Module {
  private Pool2dOptions options;

  /** Square windows that do not overlap. */
  public AvgPool2d(int kernel) {
    this(kernel, kernel);
  }

  public AvgPool2d(int kernelHeight, int kernelWidth) {
    options = Pool2dOptions.of(kernelHeight, kernelWidth);
  }

  /** The kernel's size unless told. */
  public AvgPool2d stride(int both) {
    return stride(both, both);
  }

  public AvgPool2d stride(int height, int width) {
    options = options.stride(height, width);
    return this;
  }

  public AvgPool2d padding(int both) {
    return padding(both, both);
  }

  public AvgPool2d padding(int height, int width) {
    options = options.padding(height, width);
    return this;
  }

  /** Outputs are counted rounding up: a last window may hang over the edge. */
  public AvgPool2d ceil(boolean roundUp) {
    options = options.ceil(roundUp);
    return this;
  }

  /** Whether padding counts in the divisor: unless told, it does. */
  public AvgPool2d countIncludePad(boolean counts) {
    options = options.countIncludePad(counts);
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Pool2d.average(x, options);
  }

  @Override
  protected String describe() {
    return "AvgPool2d(" + options.kernelHeight() + "x" + options.kernelWidth() + ")";
  }
}
