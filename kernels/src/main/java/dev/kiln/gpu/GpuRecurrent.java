package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.gpu.driver.DriverInfo;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers: {@link RecurrentPlan} chooses between steps and sequences. CPUs have their own.
 */
interface GpuRecurrent extends Recurrent, GpuFamily {
  @Override
  default void recurrent(
      RecurrentSpec spec,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    layers(spec).recurrent(spec, x, w, bias, h0, c0, lengths, y, hn, cn, kept);
  }

  @Override
  default void recurrentGradient(
      RecurrentSpec spec,
      RecurrentKept kept,
      Buffer w,
      @Nullable Buffer lengths,
      @Nullable Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      Buffer dx,
      @Nullable Buffer dproduct,
      @Nullable Buffer dh0,
      @Nullable Buffer dc0) {
    layers(spec).recurrentGradient(spec, kept, w, lengths, dy, dhn, dcn, dx, dproduct, dh0, dc0);
  }

  private Recurrent layers(RecurrentSpec spec) {
    if (cpuKernels()) {
      return new WideRecurrent(this, RecurrentPlan.text(spec.cell()), WideLanes.on(this));
    }
    DriverInfo device = driver().info();
    RecurrentPlan own = RecurrentPlan.of(spec, device);
    return kernels()
        .tuning()
        .choose(Family.RECURRENT, spec, own, () -> RecurrentPlan.candidates(spec, device))
        .on(this);
  }
}
