package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Losses;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Rows;
import dev.kiln.backend.Unary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cross entropy and its gradient, a row at a time; losses of single elements are {@link
 * CpuPairLosses}.
 */
final class CpuLosses implements Losses {
  private static final int GRAIN = 1 << 12;

  private final Loops loops;
  private final Gates gates;
  private final Workers workers;
  private final CpuPairLosses pairs;
  private final CpuReduction sums;

  CpuLosses(Engine engine) {
    pairs = new CpuPairLosses(engine);
    sums = new CpuReduction(engine);
    loops = engine.loops();
    gates = engine.gates();
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
    int n = rows.n();
    float[] w = CpuBuffer.floatsOrNull(weight);
    int wAt = CpuBuffer.offsetOrZero(weight);
    float[] losses = CpuBuffer.floats(loss);
    float[] weights = CpuBuffer.floats(counted);
    int[] targets = CpuBuffer.ints(target);
    workers.rows(
        rows.count(),
        GRAIN / Math.max(1, n) + 1,
        (first, end) -> {
          int most = atOnce(n);
          float[] scratch = scratch(n, most);
          for (int from = first; from < end; from += most) {
            int count = Math.min(most, end - from);
            exponentials(rows, x, from, count, scratch);
            for (int i = 0; i < count; i++) {
              int t = targets[CpuBuffer.offset(target) + from + i];
              boolean counts = t != spec.ignoreIndex();
              float wt = counts ? (w == null ? 1 : w[wAt + t]) : 0;
              weights[CpuBuffer.offset(counted) + from + i] = wt;
              losses[CpuBuffer.offset(loss) + from + i] =
                  counts ? (float) lossOfRow(spec, i, count, t, wt, w, wAt, scratch) : 0;
            }
          }
        });
  }

  /** How many rows go through an exponential together. */
  private static int atOnce(int n) {
    return Math.max(1, 2048 / Math.max(1, stride(n)));
  }

  /** Rows in scratch are whole vectors, of any provider. */
  private static int stride(int n) {
    return (n + 15) & -16;
  }

  private static float[] scratch(int n, int rows) {
    return Scratch.ofThread()
        .array(Scratch.Role.ROW, Math.multiplyExact(2 * rows, Math.max(1, stride(n))));
  }

  /** Rows less their largest element, and behind all of them its exponentials. */
  private void exponentials(Rows rows, Buffer x, int from, int count, float[] scratch) {
    int n = rows.n();
    int stride = stride(n);
    for (int i = 0; i < count; i++) {
      int at = i * stride;
      gather(rows, x, from + i, scratch, at);
      Arrays.fill(scratch, at + n, at + stride, Float.NEGATIVE_INFINITY);
      float top = loops.max(scratch, at, stride);
      loops.affine(top, 1, 0, scratch, at, scratch, at, stride);
    }
    loops.unary(Unary.EXP, scratch, 0, scratch, count * stride, count * stride);
  }

  private double lossOfRow(
      CrossEntropySpec spec,
      int i,
      int count,
      int t,
      float wt,
      float @Nullable [] w,
      int wAt,
      float[] scratch) {
    int n = spec.rows().n();
    int at = i * stride(n);
    double log = Math.log(loops.sum(scratch, at + count * stride(n), stride(n)));
    double loss = -wt * (scratch[at + t] - log);
    if (spec.labelSmoothing() == 0) {
      return loss;
    }
    double all = 0;
    for (int c = 0; c < n; c++) {
      all -= (w == null ? 1 : w[wAt + c]) * (scratch[at + c] - log);
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
    int n = rows.n();
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
    int inner = rows.inner();
    int stride = stride(n);
    workers.rows(
        rows.count(),
        GRAIN / Math.max(1, n) + 1,
        (first, end) -> {
          int most = atOnce(n);
          float[] scratch = scratch(n, most);
          for (int from = first; from < end; from += most) {
            int count = Math.min(most, end - from);
            exponentials(rows, x, from, count, scratch);
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
              int e = (count + i) * stride;
              float scale = (float) (1 / loops.sum(scratch, e, stride));
              float g = upstream[upstreamAt + row * upstreamStep] / by;
              float wt = (1 - spec.labelSmoothing()) * (w == null ? 1 : w[wAt + t]);
              if (spec.labelSmoothing() == 0 && inner == 1) {
                loops.affine(0, scale * (g * wt), 0, scratch, e, out, at, n);
                out[at + t] -= g * wt;
                continue;
              }
              for (int c = 0; c < n; c++) {
                float p = scratch[e + c] * scale;
                float wc = smooth * (w == null ? 1 : w[wAt + c]);
                float hit = c == t ? p - 1 : p;
                out[at + c * inner] = g * (wt * hit + (smoothWeight * p - wc));
              }
            }
          }
        });
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
    Rows all = new Rows(1, loss.size(), 1);
    sums.sum(all, 1, loss, mean);
    sums.sum(all, 1, counted, divisor);
    CpuBuffer.floats(mean)[CpuBuffer.offset(mean)] /=
        CpuBuffer.floats(divisor)[CpuBuffer.offset(divisor)];
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

  private void gather(Rows rows, Buffer x, int row, float[] scratch, int to) {
    float[] in = CpuBuffer.floats(x);
    int n = rows.n();
    int inner = rows.inner();
    int at = CpuBuffer.offset(x) + row / inner * n * inner + row % inner;
    if (inner == 1) {
      gates.copy(in, at, scratch, to, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      scratch[to + i] = in[at + i * inner];
    }
  }
}
