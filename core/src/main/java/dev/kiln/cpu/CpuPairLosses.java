package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.PairLoss;
import org.jspecify.annotations.Nullable;

/** Losses of single elements. Weights are for plain loops where targets of 1 have their own. */
final class CpuPairLosses {
  private static final int GRAIN = 1 << 13;

  private final Loops loops;
  private final Workers workers;

  CpuPairLosses(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  void loss(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      Buffer loss) {
    float[] in = CpuBuffer.floats(x);
    int inAt = CpuBuffer.offset(x);
    float[] t = CpuBuffer.floats(target);
    int tAt = CpuBuffer.offset(target);
    float[] out = CpuBuffer.floats(loss);
    int outAt = CpuBuffer.offset(loss);
    float[] p = CpuBuffer.floatsOrNull(positiveWeight);
    int pAt = CpuBuffer.offsetOrZero(positiveWeight);
    workers.elements(
        loss.size(),
        GRAIN,
        (from, to) -> {
          if (p == null) {
            loops.pairLoss(f, in, inAt + from, t, tAt + from, out, outAt + from, to - from);
          } else {
            for (int i = from; i < to; i++) {
              out[outAt + i] = (float) PairLosses.value(f, in[inAt + i], t[tAt + i], p[pAt + i]);
            }
          }
          weigh(weight, out, outAt, from, to);
        });
  }

  void gradient(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      float scale,
      Buffer dy,
      Buffer dx) {
    float[] in = CpuBuffer.floats(x);
    int inAt = CpuBuffer.offset(x);
    float[] t = CpuBuffer.floats(target);
    int tAt = CpuBuffer.offset(target);
    float[] up = CpuBuffer.floats(dy);
    int upAt = CpuBuffer.offset(dy);
    int upStep = dy.size() == 1 ? 0 : 1;
    float[] out = CpuBuffer.floats(dx);
    int outAt = CpuBuffer.offset(dx);
    float[] p = CpuBuffer.floatsOrNull(positiveWeight);
    int pAt = CpuBuffer.offsetOrZero(positiveWeight);
    workers.elements(
        dx.size(),
        GRAIN,
        (from, to) -> {
          if (p == null) {
            loops.pairLossGradient(
                f,
                in,
                inAt + from,
                t,
                tAt + from,
                scale,
                up,
                upAt + from * upStep,
                upStep,
                out,
                outAt + from,
                to - from);
          } else {
            for (int i = from; i < to; i++) {
              double slope = PairLosses.slope(f, in[inAt + i], t[tAt + i], p[pAt + i]);
              out[outAt + i] = (float) (scale * up[upAt + i * upStep] * slope);
            }
          }
          weigh(weight, out, outAt, from, to);
        });
  }

  private static void weigh(@Nullable Buffer weight, float[] out, int outAt, int from, int to) {
    if (weight != null) {
      float[] w = CpuBuffer.floats(weight);
      int wAt = CpuBuffer.offset(weight);
      for (int i = from; i < to; i++) {
        out[outAt + i] *= w[wAt + i];
      }
    }
  }
}
