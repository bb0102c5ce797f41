package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Rows;
import org.jspecify.annotations.Nullable;

/**
 * Lists the calls of a recording in place of making them. What a loss has computed and its gradient
 * would compute again, as a rule next, stays for it.
 */
final class CpuListing extends CpuBackend {
  /** The exponentials of a loss. */
  private record Kept(Rows rows, Buffer x, RowExponentials exponentials) {}

  private final Engine engine;

  /** Of the latest loss, while nothing has been listed since that might have changed its input. */
  private @Nullable Kept kept;

  /** Up to how many calls that is so. */
  private int calm;

  CpuListing(Engine engine, Calls calls) {
    super(engine, calls);
    this.engine = engine;
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    RowExponentials all = RowExponentials.lasting(engine, spec.rows());
    if (all == null) {
      super.crossEntropy(spec, x, target, weight, loss, counted);
      return;
    }
    calls.make(() -> losses.crossEntropy(spec, all, x, target, weight, loss, counted));
    kept = new Kept(spec.rows(), x, all);
    calm = calls.count();
  }

  @Override
  public void crossEntropyGradient(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    Kept of = kept;
    if (of == null || calm != calls.count() || of.x != x || !of.rows.equals(spec.rows())) {
      super.crossEntropyGradient(spec, x, target, weight, dy, divisor, dx);
      return;
    }
    RowExponentials all = of.exponentials;
    calls.make(() -> losses.crossEntropyGradient(spec, all, target, weight, dy, divisor, dx));
  }

  // what is called between the two writes its results elsewhere

  @Override
  public void fill(Buffer buffer, float value) {
    super.fill(buffer, value);
    stays(buffer);
  }

  @Override
  public void sum(Rows rows, float scale, Buffer x, Buffer y) {
    super.sum(rows, scale, x, y);
    stays(y);
  }

  @Override
  public void weightedMean(Buffer loss, Buffer counted, Buffer mean, Buffer divisor) {
    super.weightedMean(loss, counted, mean, divisor);
    stays(mean, divisor);
  }

  /** The latest call has written nothing but this. */
  private void stays(Buffer... written) {
    for (Buffer buffer : written) {
      if (kept != null && buffer.whole() == kept.x.whole()) {
        kept = null;
      }
    }
    if (calm == calls.count() - 1) {
      calm++;
    }
  }
}
