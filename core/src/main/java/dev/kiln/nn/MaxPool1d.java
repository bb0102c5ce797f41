package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.Pool1d;
import dev.kiln.ops.Pool1dOptions;

/** The largest element of each window: {@code [n, c, length]} to {@code [n, c, length']}. */
public final class MaxPool1d extends Module {
  private Pool1dOptions options;

  /** Windows that do not overlap. */
  public MaxPool1d(int kernel) {
    options = Pool1dOptions.of(kernel);
  }

  /** The kernel's size unless told. */
  public MaxPool1d stride(int step) {
    options = options.stride(step);
    return this;
  }

  /** Padding never wins. */
  public MaxPool1d padding(int each) {
    options = options.padding(each);
    return this;
  }

  /** Outputs are counted rounding up: a last window may hang over the edge. */
  public MaxPool1d ceil(boolean roundUp) {
    options = options.ceil(roundUp);
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Pool1d.max(x, options);
  }

  @Override
  protected String describe() {
    return "MaxPool1d(" + options.kernel() + ")";
  }
}
