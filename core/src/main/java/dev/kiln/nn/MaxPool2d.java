package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.Pool2d;
import dev.kiln.ops.Pool2dOptions;

/** The largest element of each window: {@code [n, c, h, w]} to {@code [n, c, oh, ow]}. */
public final class MaxPool2d extends Module {
  private Pool2dOptions options;

  /** Square windows that do not overlap. */
  public MaxPool2d(int kernel) {
    this(kernel, kernel);
  }

  public MaxPool2d(int kernelHeight, int kernelWidth) {
    options = Pool2dOptions.of(kernelHeight, kernelWidth);
  }

  /** The kernel's size unless told. */
  public MaxPool2d stride(int both) {
    return stride(both, both);
  }

  public MaxPool2d stride(int height, int width) {
    options = options.stride(height, width);
    return this;
  }

  /** Padding never wins. */
  public MaxPool2d padding(int both) {
    return padding(both, both);
  }

  public MaxPool2d padding(int height, int width) {
    options = options.padding(height, width);
    return this;
  }

  /** Outputs are counted rounding up: a last window may hang over the edge. */
  public MaxPool2d ceil(boolean roundUp) {
    options = options.ceil(roundUp);
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Pool2d.max(x, options);
  }

  @Override
  protected String describe() {
    return "MaxPool2d(" + options.kernelHeight() + "x" + options.kernelWidth() + ")";
  }
}
