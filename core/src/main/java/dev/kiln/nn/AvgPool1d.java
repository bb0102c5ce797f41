package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.ops.Pool1d;
import dev.kiln.ops.Pool1dOptions;

/** The mean of each window: {@code [n, c, length]} to {@code [n, c, length']}. */
public final class AvgPool1d extends Module {
  private Pool1dOptions options;

  /** Windows that do not overlap. */
  public AvgPool1d(int kernel) {
    options = Pool1dOptions.of(kernel);
  }

  /** The kernel's size unless told. */
  public AvgPool1d stride(int step) {
    options = options.stride(step);
    return this;
  }

  public AvgPool1d padding(int each) {
    options = options.padding(each);
    return this;
  }

  /** Outputs are counted rounding up: a last window may hang over the edge. */
  public AvgPool1d ceil(boolean roundUp) {
    options = options.ceil(roundUp);
    return this;
  }

  /** Whether padding counts in the divisor: unless told, it does. */
  public AvgPool1d countIncludePad(boolean counts) {
    options = options.countIncludePad(counts);
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Pool1d.average(x, options);
  }

  @Override
  protected String describe() {
    return "AvgPool1d(" + options.kernel() + ")";
  }
}
