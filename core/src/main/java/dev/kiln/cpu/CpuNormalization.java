package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.ChannelSpec;
import dev.kiln.backend.Normalization;
import org.jspecify.annotations.Nullable;

/** Batch normalization; each channel is the work of one thread, sums are in double precision. */
final class CpuNormalization implements Normalization {
  private static final int GRAIN = 1 << 14;

  private final Loops loops;
  private final Workers workers;

  CpuNormalization(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  private void channels(ChannelSpec spec, Workers.Task body) {
    workers.rows(
        spec.channels(),
        GRAIN / Math.max(1, spec.perChannel()) + 1,
        (from, to) -> {
          for (int c = from; c < to; c++) {
            body.run(c);
          }
        });
  }

  /** Where image {@code i}'s part of channel {@code c} begins. */
  private static int at(ChannelSpec spec, Buffer buffer, int i, int c) {
    return CpuBuffer.offset(buffer) + (i * spec.channels() + c) * spec.inner();
  }

  private static float get(Buffer buffer, int i) {
    return CpuBuffer.floats(buffer)[CpuBuffer.offset(buffer) + i];
  }

  private static float get(@Nullable Buffer buffer, int i, float otherwise) {
    return buffer == null ? otherwise : get(buffer, i);
  }

  private static void set(Buffer buffer, int i, float value) {
    CpuBuffer.floats(buffer)[CpuBuffer.offset(buffer) + i] = value;
  }

  @Override
  public void batchNorm(
      ChannelSpec spec,
      float eps,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVariance,
      Buffer y,
      Buffer mean,
      Buffer invStd) {
    float[] in = CpuBuffer.floats(x);
    int n = spec.inner();
    channels(
        spec,
        c -> {
          double sum = 0;
          for (int i = 0; i < spec.n(); i++) {
            sum += loops.sum(in, at(spec, x, i, c), n);
          }
          int count = Math.max(1, spec.perChannel());
          float center = (float) (sum / count);
          double squares = 0;
          for (int i = 0; i < spec.n(); i++) {
            int at = at(spec, x, i, c);
            squares += loops.dot(center, in, at, in, at, n);
          }
          double variance = squares / count;
          float scale = (float) (1 / Math.sqrt(variance + eps));
          set(mean, c, center);
          set(invStd, c, scale);
          if (runningMean != null && runningVariance != null) {
            float unbiased = (float) (squares / (count - 1));
            set(runningMean, c, (1 - momentum) * get(runningMean, c) + momentum * center);
            set(runningVariance, c, (1 - momentum) * get(runningVariance, c) + momentum * unbiased);
          }
          apply(spec, c, x, center, scale * get(gamma, c, 1), get(beta, c, 0), y);
        });
  }

  @Override
  public void batchNormEval(
      ChannelSpec spec,
      float eps,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer mean,
      Buffer variance,
      Buffer y) {
    channels(
        spec,
        c -> {
          float scale = (float) (1 / Math.sqrt((double) get(variance, c) + eps));
          apply(spec, c, x, get(mean, c), scale * get(gamma, c, 1), get(beta, c, 0), y);
        });
  }

  private void apply(
      ChannelSpec spec, int c, Buffer x, float center, float scale, float shift, Buffer y) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    for (int i = 0; i < spec.n(); i++) {
      loops.affine(
          center, scale, shift, in, at(spec, x, i, c), out, at(spec, y, i, c), spec.inner());
    }
  }

  @Override
  public void batchNormGradient(
      ChannelSpec spec,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dx,
      Buffer dgamma,
      Buffer dbeta) {
    channels(
        spec,
        c -> {
          float scale = get(invStd, c);
          float center = get(mean, c);
          sums(spec, c, x, dy, center, scale, dgamma, dbeta);
          if (dx != null) {
            float count = Math.max(1, spec.perChannel());
            float outer = scale * get(gamma, c, 1);
            float slope = -outer * scale * (get(dgamma, c) / count);
            float shift = -outer * (get(dbeta, c) / count);
            blend(spec, c, dy, outer, x, center, slope, shift, dx);
          }
        });
  }

  @Override
  public void batchNormEvalGradient(
      ChannelSpec spec,
      float eps,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer variance,
      @Nullable Buffer dx,
      Buffer dgamma,
      Buffer dbeta) {
    channels(
        spec,
        c -> {
          float scale = (float) (1 / Math.sqrt((double) get(variance, c) + eps));
          sums(spec, c, x, dy, get(mean, c), scale, dgamma, dbeta);
          if (dx != null) {
            apply(spec, c, dy, 0, scale * get(gamma, c, 1), 0, dx);
          }
        });
  }

  private void sums(
      ChannelSpec spec,
      int c,
      Buffer x,
      Buffer dy,
      float center,
      float scale,
      Buffer dgamma,
      Buffer dbeta) {
    float[] in = CpuBuffer.floats(x);
    float[] upstream = CpuBuffer.floats(dy);
    double sum = 0;
    double product = 0;
    for (int i = 0; i < spec.n(); i++) {
      int xAt = at(spec, x, i, c);
      int dyAt = at(spec, dy, i, c);
      sum += loops.sum(upstream, dyAt, spec.inner());
      product += loops.centeredDot(center, in, xAt, upstream, dyAt, spec.inner());
    }
    set(dbeta, c, (float) sum);
    set(dgamma, c, (float) (product * scale));
  }

  private void blend(
      ChannelSpec spec,
      int c,
      Buffer dy,
      float dyScale,
      Buffer x,
      float center,
      float xScale,
      float shift,
      Buffer dx) {
    for (int i = 0; i < spec.n(); i++) {
      loops.blend(
          dyScale,
          center,
          xScale,
          shift,
          CpuBuffer.floats(dy),
          at(spec, dy, i, c),
          CpuBuffer.floats(x),
          at(spec, x, i, c),
          CpuBuffer.floats(dx),
          at(spec, dx, i, c),
          spec.inner());
    }
  }
}
