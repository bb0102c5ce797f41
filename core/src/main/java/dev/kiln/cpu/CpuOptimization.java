package dev.kiln.cpu;

import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Optimization;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.SgdSpec;
import dev.kiln.backend.Stepped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Optimizer steps and the clipping of gradients: each one pass over all parameters. */
final class CpuOptimization implements Optimization {
  /** What PyTorch adds to a norm before it divides by it. */
  private static final float EPS = 1e-6f;

  private final Loops loops;
  private final Steps steps;
  private final Workers workers;

  CpuOptimization(Engine engine) {
    loops = engine.loops();
    steps = engine.steps();
    workers = engine.workers();
  }

  /** What is done with a run of one parameter. */
  private interface Body {
    /**
     * @param at where the run begins in the flat buffers
     */
    void run(float[] p, int pAt, float[] g, int gAt, int at, int n);
  }

  /** Runs that are not whole vectors are taken for such where what lies behind them is nobody's. */
  private void each(Stepped on, Body body) {
    new Chunks(on.parameters())
        .each(
            workers,
            (chunk, slot, from, n) -> {
              Buffer p = on.parameters().get(slot);
              Buffer g = on.gradients().get(slot);
              int pAt = CpuBuffer.offset(p) + from;
              int gAt = CpuBuffer.offset(g) + from;
              int room = Math.min(CpuBuffer.end(p) - pAt, CpuBuffer.end(g) - gAt);
              int whole = n + Math.floorMod(-n, Stepped.ALIGNMENT);
              body.run(
                  CpuBuffer.floats(p),
                  pAt,
                  CpuBuffer.floats(g),
                  gAt,
                  on.offsets().get(slot) + from,
                  whole <= room ? whole : n);
            });
  }

  @Override
  public void sgd(SgdSpec spec, Stepped on, @Nullable Buffer velocity) {
    if (velocity == null) {
      each(on, (p, pAt, g, gAt, at, n) -> steps.sgd(spec, p, pAt, g, gAt, n));
      return;
    }
    float[] v = CpuBuffer.floats(velocity);
    int vAt = CpuBuffer.offset(velocity);
    each(on, (p, pAt, g, gAt, at, n) -> steps.momentum(spec, p, pAt, g, gAt, v, vAt + at, n));
  }

  @Override
  public void adagrad(AdagradSpec spec, Stepped on, Buffer sum) {
    float[] s = CpuBuffer.floats(sum);
    int sAt = CpuBuffer.offset(sum);
    each(on, (p, pAt, g, gAt, at, n) -> steps.adagrad(spec, p, pAt, g, gAt, s, sAt + at, n));
  }

  @Override
  public void adadelta(AdadeltaSpec spec, Stepped on, Buffer squares, Buffer moves) {
    float[] s = CpuBuffer.floats(squares);
    int sAt = CpuBuffer.offset(squares);
    float[] m = CpuBuffer.floats(moves);
    int mAt = CpuBuffer.offset(moves);
    each(
        on,
        (p, pAt, g, gAt, at, n) ->
            steps.adadelta(spec, p, pAt, g, gAt, s, sAt + at, m, mAt + at, n));
  }

  @Override
  public void rmsprop(
      RmspropSpec spec,
      Stepped on,
      Buffer squares,
      @Nullable Buffer mean,
      @Nullable Buffer velocity) {
    float[] s = CpuBuffer.floats(squares);
    int sAt = CpuBuffer.offset(squares);
    float[] m = CpuBuffer.floatsOrNull(mean);
    int mAt = CpuBuffer.offsetOrZero(mean);
    float[] v = CpuBuffer.floatsOrNull(velocity);
    int vAt = CpuBuffer.offsetOrZero(velocity);
    each(
        on,
        (p, pAt, g, gAt, at, n) ->
            steps.rmsprop(spec, p, pAt, g, gAt, s, sAt + at, m, mAt + at, v, vAt + at, n));
  }

  @Override
  public void adam(AdamSpec spec, Stepped on, Buffer m, Buffer v, @Nullable Buffer maximum) {
    float[] first = CpuBuffer.floats(m);
    int mAt = CpuBuffer.offset(m);
    float[] second = CpuBuffer.floats(v);
    int vAt = CpuBuffer.offset(v);
    float[] top = CpuBuffer.floatsOrNull(maximum);
    int topAt = CpuBuffer.offsetOrZero(maximum);
    each(
        on,
        (p, pAt, g, gAt, at, n) ->
            steps.adam(
                spec, p, pAt, g, gAt, first, mAt + at, second, vAt + at, top, topAt + at, n));
  }

  @Override
  public void norm(List<Buffer> xs, Buffer y) {
    Chunks chunks = new Chunks(xs);
    double[] partial = new double[chunks.count()];
    chunks.each(
        workers,
        (chunk, i, from, n) -> {
          float[] x = CpuBuffer.floats(xs.get(i));
          int at = CpuBuffer.offset(xs.get(i)) + from;
          partial[chunk] = loops.dot(0, x, at, x, at, n);
        });
    double sum = 0;
    for (double part : partial) {
      sum += part;
    }
    CpuBuffer.floats(y)[CpuBuffer.offset(y)] = (float) Math.sqrt(sum);
  }

  @Override
  public void clipNorm(float maximum, Buffer norm, List<Buffer> xs) {
    float scale = maximum / (CpuBuffer.floats(norm)[CpuBuffer.offset(norm)] + EPS);
    if (scale >= 1) {
      return;
    }
    new Chunks(xs)
        .each(
            workers,
            (chunk, i, from, n) -> {
              float[] x = CpuBuffer.floats(xs.get(i));
              int at = CpuBuffer.offset(xs.get(i)) + from;
              loops.affine(0, scale, 0, x, at, x, at, n);
            });
  }

  @Override
  public void clipValue(float bound, List<Buffer> xs) {
    new Chunks(xs)
        .each(
            workers,
            (chunk, buffer, from, n) -> {
              float[] x = CpuBuffer.floats(xs.get(buffer));
              int at = CpuBuffer.offset(xs.get(buffer)) + from;
              for (int i = at; i < at + n; i++) {
                x[i] = Math.min(Math.max(x[i], -bound), bound);
              }
            });
  }
}
