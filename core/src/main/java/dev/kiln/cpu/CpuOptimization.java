package dev.kiln.cpu;

import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Optimization;
import dev.kiln.backend.SgdSpec;
import org.jspecify.annotations.Nullable;

/** Optimizer steps, in one pass over a parameter. */
final class CpuOptimization implements Optimization {
  private static final int GRAIN = 1 << 14;

  private final Loops loops;
  private final Workers workers;

  CpuOptimization(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  @Override
  public void sgd(SgdSpec spec, Buffer parameter, Buffer gradient, @Nullable Buffer velocity) {
    float[] p = CpuBuffer.floats(parameter);
    float[] g = CpuBuffer.floats(gradient);
    int pAt = CpuBuffer.offset(parameter);
    int gAt = CpuBuffer.offset(gradient);
    float[] v = CpuBuffer.floatsOrNull(velocity);
    int vAt = CpuBuffer.offsetOrZero(velocity);
    workers.elements(
        parameter.size(),
        GRAIN,
        (from, to) -> {
          if (v == null) {
            for (int i = from; i < to; i++) {
              float step = g[gAt + i] + spec.weightDecay() * p[pAt + i];
              p[pAt + i] -= spec.lr() * step;
            }
            return;
          }
          float keep = spec.first() ? 0 : spec.momentum();
          float take = spec.first() ? 1 : 1 - spec.dampening();
          for (int i = from; i < to; i++) {
            float step = g[gAt + i] + spec.weightDecay() * p[pAt + i];
            float old = spec.first() ? 0 : v[vAt + i];
            float speed = keep * old + take * step;
            v[vAt + i] = speed;
            p[pAt + i] -= spec.lr() * (spec.nesterov() ? step + spec.momentum() * speed : speed);
          }
        });
  }

  @Override
  public void adam(
      AdamSpec spec,
      Buffer parameter,
      Buffer gradient,
      Buffer m,
      Buffer v,
      @Nullable Buffer maximum) {
    float[] p = CpuBuffer.floats(parameter);
    float[] g = CpuBuffer.floats(gradient);
    float[] first = CpuBuffer.floats(m);
    float[] second = CpuBuffer.floats(v);
    int pAt = CpuBuffer.offset(parameter);
    int gAt = CpuBuffer.offset(gradient);
    int mAt = CpuBuffer.offset(m);
    int vAt = CpuBuffer.offset(v);
    workers.elements(
        parameter.size(),
        GRAIN,
        (from, to) -> {
          if (maximum == null) {
            loops.adam(
                spec,
                p,
                pAt + from,
                g,
                gAt + from,
                first,
                mAt + from,
                second,
                vAt + from,
                to - from);
          } else {
            float[] top = CpuBuffer.floats(maximum);
            int topAt = CpuBuffer.offset(maximum);
            for (int i = from; i < to; i++) {
              amsgrad(
                  spec, p, pAt + i, g[gAt + i], first, mAt + i, second, vAt + i, top, topAt + i);
            }
          }
        });
  }

  private static void amsgrad(
      AdamSpec spec,
      float[] parameter,
      int p,
      float gradient,
      float[] first,
      int m,
      float[] second,
      int v,
      float[] top,
      int t) {
    float value = parameter[p];
    if (spec.decoupled()) {
      value *= 1 - spec.lr() * spec.weightDecay();
    } else {
      gradient += spec.weightDecay() * value;
    }
    first[m] = spec.beta1() * first[m] + (1 - spec.beta1()) * gradient;
    second[v] = spec.beta2() * second[v] + (1 - spec.beta2()) * (gradient * gradient);
    top[t] = Math.max(top[t], second[v]);
    float root = (float) Math.sqrt(top[t]) / spec.correction() + spec.eps();
    parameter[p] = value - spec.stepSize() * (first[m] / root);
  }
}
