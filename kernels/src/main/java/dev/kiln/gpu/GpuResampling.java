package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.ResampleSpec;
import dev.kiln.backend.Resampling;

/** The kernels of {@code resample.cl}. */
interface GpuResampling extends Resampling, GpuStriding {
  @Override
  default void resample(ResampleSpec spec, Buffer x, Buffer y) {
    resample("resample", spec, x, y);
  }

  @Override
  default void resampleGradient(ResampleSpec spec, Buffer dy, Buffer dx) {
    resample("resample_gradient", spec, dy, dx);
  }

  private void resample(String kernel, ResampleSpec spec, Buffer from, Buffer to) {
    launch(
        "resample",
        kernel,
        itemGrid("resample", to.size()),
        from,
        to,
        // the numbers that resample.cl knows the methods by
        switch (spec.method()) {
          case AVERAGE -> 0;
          case NEAREST -> 1;
          case LINEAR -> 2;
          case LINEAR_CORNERS -> 3;
        },
        spec.inHeight(),
        spec.inWidth(),
        spec.outHeight(),
        spec.outWidth(),
        spec.stepHeight(),
        spec.stepWidth(),
        to.size());
  }
}
