package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Losses;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Rows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cross entropy and its gradient, a row at a time; losses of single elements are {@link
 * CpuPairLosses}.
 */
final class CpuLosses implements Losses {
  private static final int GRAIN = 1 << 12;

  private final Loops loops;
  private final Engine engine;
  private final Workers workers;
  private final CpuPairLosses pairs;
  private final CpuReduction sums;

  CpuLosses(Engine engine) {
    this.engine = engine;
    pairs = new CpuPairLosses(engine);
    sums = new CpuReduction(engine);
    loops = engine.loops();
    workers = engine.workers();
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    Rows rows = spec.rows();
    workers.rows(
        rows.count(),
        GRAIN / Math.max(1, rows.n()) + 1,
        (first, end) -> {
          RowExponentials of = RowExponentials.passing(engine, rows);
          for (int from = first; from < end; from += of.most()) {
            int count = Math.min(of.most(), end - from);
            of.take(x, from, count);
            losses(spec, of, from, count, target, weight, loss, counted);
          }
        });
  }

  /** Likewise, and leaves the exponentials there for the gradient. */
  void crossEntropy(
      CrossEntropySpec spec,
      RowExponentials all,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    int count = spec.rows().count();
    all.take(x, 0, count);
    losses(spec, all, 0, count, target, weight, loss, counted);
  }

  /** Of the rows {@code from … from + count - 1}, whose exponentials are there. */
  private static void losses(
      CrossEntropySpec spec,
      RowExponentials of,
      int from,
      int count,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    float[] w = CpuBuffer.floatsOrNull(weight);
    int wAt = CpuBuffer.offsetOrZero(weight);
    float[] losses = CpuBuffer.floats(loss);
    float[] weights = CpuBuffer.floats(counted);
    int[] targets = CpuBuffer.ints(target);
    of.takeLogs(count);
    for (int i = 0; i < count; i++) {
      int t = targets[CpuBuffer.offset(target) + from + i];
      boolean counts = t != spec.ignoreIndex();
      float wt = counts ? (w == null ? 1 : w[wAt + t]) : 0;
      weights[CpuBuffer.offset(counted) + from + i] = wt;
      losses[CpuBuffer.offset(loss) + from + i] =
          counts ? (float) lossOfRow(spec, of, i, t, wt, w, wAt) : 0;
    }
  }

  private static double lossOfRow(
      CrossEntropySpec spec,
      RowExponentials of,
      int i,
      int t,
      float wt,
      float @Nullable [] w,
      int wAt) {
    float[] data = of.data();
    int at = of.shifted(i);
    int step = of.step();
    double log = of.log(i);
    double loss = -wt * (data[at + t * step] - log);
    if (spec.labelSmoothing() == 0) {
      return loss;
    }
    int n = spec.rows().n();
    double all = 0;
    for (int c = 0; c < n; c++) {
      all -= (w == null ? 1 : w[wAt + c]) * (data[at + c * step] - log);
    }
    return (1 - spec.labelSmoothing()) * loss + spec.labelSmoothing() / n * all;
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
    Rows rows = spec.rows();
    workers.rows(
        rows.count(),
        GRAIN / Math.max(1, rows.n()) + 1,
        (first, end) -> {
          RowExponentials of = RowExponentials.passing(engine, rows);
          for (int from = first; from < end; from += of.most()) {
            int count = Math.min(of.most(), end - from);
            of.take(x, from, count);
            gradients(spec, of, from, count, target, weight, dy, divisor, dx);
          }
        });
  }

  /** Likewise, of rows whose exponentials {@link #crossEntropy} has left. */
  void crossEntropyGradient(
      CrossEntropySpec spec,
      RowExponentials all,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    gradients(spec, all, 0, spec.rows().count(), target, weight, dy, divisor, dx);
  }

  private void gradients(
      CrossEntropySpec spec,
      RowExponentials of,
      int from,
      int count,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    int n = spec.rows().n();
    int inner = spec.rows().inner();
    float[] w = CpuBuffer.floatsOrNull(weight);
    int wAt = CpuBuffer.offsetOrZero(weight);
    float[] upstream = CpuBuffer.floats(dy);
    int upstreamAt = CpuBuffer.offset(dy);
    int upstreamStep = dy.size() == 1 ? 0 : 1;
    float by = divisor == null ? 1 : CpuBuffer.floats(divisor)[CpuBuffer.offset(divisor)];
    int[] targets = CpuBuffer.ints(target);
    float sumOfWeights = n;
    if (w != null) {
      sumOfWeights = (float) loops.sum(w, wAt, n);
    }
    float smooth = spec.labelSmoothing() / n;
    float smoothWeight = smooth * sumOfWeights;
    float[] out = CpuBuffer.floats(dx);
    int outAt = CpuBuffer.offset(dx);
    float[] data = of.data();
    int step = of.step();
    float share = count == 0 ? 0 : upstream[upstreamAt + from * upstreamStep] / by;
    for (int i = 0; i < count; i++) {
      int row = from + i;
      int t = targets[CpuBuffer.offset(target) + row];
      int at = outAt + row / inner * n * inner + row % inner;
      if (t == spec.ignoreIndex()) {
        for (int c = 0; c < n; c++) {
          out[at + c * inner] = 0;
        }
        continue;
      }
      int e = of.exponential(i);
      float scale = (float) (1 / of.sum(i));
      float g = upstreamStep == 0 ? share : upstream[upstreamAt + row] / by;
      float wt = (1 - spec.labelSmoothing()) * (w == null ? 1 : w[wAt + t]);
      if (spec.labelSmoothing() == 0) {
        scaled(scale * (g * wt), data, e, step, out, at, inner, n);
        out[at + t * inner] -= g * wt;
        continue;
      }
      for (int c = 0; c < n; c++) {
        float p = data[e + c * step] * scale;
        float wc = smooth * (w == null ? 1 : w[wAt + c]);
        float hit = c == t ? p - 1 : p;
        out[at + c * inner] = g * (wt * hit + (smoothWeight * p - wc));
      }
    }
  }

  /** {@code y = scale x}, with steps. */
  private void scaled(
      float scale, float[] x, int xAt, int xStep, float[] y, int yAt, int yStep, int n) {
    if (xStep == 1 && yStep == 1) {
      loops.affine(0, scale, 0, x, xAt, y, yAt, n);
      return;
    }
    for (int c = 0; c < n; c++) {
      y[yAt + c * yStep] = x[xAt + c * xStep] * scale;
    }
  }

  @Override
  public void nll(
      Rows rows,
      int ignoreIndex,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    float[] in = CpuBuffer.floats(x);
    int[] targets = CpuBuffer.ints(target);
    float[] w = CpuBuffer.floatsOrNull(weight);
    int wAt = CpuBuffer.offsetOrZero(weight);
    float[] losses = CpuBuffer.floats(loss);
    float[] weights = CpuBuffer.floats(counted);
    workers.rows(
        rows.count(),
        GRAIN,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int t = targets[CpuBuffer.offset(target) + row];
            boolean counts = t != ignoreIndex;
            float wt = counts ? (w == null ? 1 : w[wAt + t]) : 0;
            weights[CpuBuffer.offset(counted) + row] = wt;
            losses[CpuBuffer.offset(loss) + row] =
                counts ? -wt * in[CpuBuffer.offset(x) + place(rows, row, t)] : 0;
          }
        });
  }

  @Override
  public void nllGradient(
      Rows rows,
      int ignoreIndex,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    int[] targets = CpuBuffer.ints(target);
    float[] w = CpuBuffer.floatsOrNull(weight);
    int wAt = CpuBuffer.offsetOrZero(weight);
    float[] upstream = CpuBuffer.floats(dy);
    int upstreamStep = dy.size() == 1 ? 0 : 1;
    float by = divisor == null ? 1 : CpuBuffer.floats(divisor)[CpuBuffer.offset(divisor)];
    float[] out = CpuBuffer.floats(dx);
    int outAt = CpuBuffer.offset(dx);
    Arrays.fill(out, outAt, outAt + dx.size(), 0);
    for (int row = 0; row < rows.count(); row++) {
      int t = targets[CpuBuffer.offset(target) + row];
      if (t != ignoreIndex) {
        float g = upstream[CpuBuffer.offset(dy) + row * upstreamStep] / by;
        out[outAt + place(rows, row, t)] = -g * (w == null ? 1 : w[wAt + t]);
      }
    }
  }

  /** Where element {@code i} of a row is. */
  private static int place(Rows rows, int row, int i) {
    return (row / rows.inner() * rows.n() + i) * rows.inner() + row % rows.inner();
  }

  @Override
  public void weightedMean(Buffer loss, Buffer counted, Buffer mean, Buffer divisor) {
    float all = (float) sums.sum(counted);
    CpuBuffer.floats(mean)[CpuBuffer.offset(mean)] = (float) sums.sum(loss) / all;
    CpuBuffer.floats(divisor)[CpuBuffer.offset(divisor)] = all;
  }

  @Override
  public void pairLoss(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      Buffer loss) {
    pairs.loss(f, x, target, weight, positiveWeight, loss);
  }

  @Override
  public void pairLossGradient(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      float scale,
      Buffer dy,
      Buffer dx) {
    pairs.gradient(f, x, target, weight, positiveWeight, scale, dy, dx);
  }
}
