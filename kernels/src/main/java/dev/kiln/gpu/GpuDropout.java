package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Dropout;
import dev.kiln.backend.DropoutSpec;

/** Dropout: dropout.cl. */
interface GpuDropout extends Dropout, GpuFamily {
  @Override
  default void dropout(DropoutSpec spec, Buffer x, Buffer y) {
    String program = cpuKernels() ? "dropout_cpu" : "dropout";
    int seedLow = (int) spec.seed();
    int seedHigh = (int) (spec.seed() >>> 32);
    int streamLow = (int) spec.stream();
    int streamHigh = (int) (spec.stream() >>> 32);
    if (y.size() == 0) {
      return;
    }
    boolean channels = spec.inner() > 1;
    launch(
        program,
        channels ? "dropout_channels" : "dropout",
        channels
            ? Grid.of(y.size() / spec.inner(), kernels().tunable(program, "CHANNEL_WG"))
            : covering(program, (y.size() + 3L) / 4),
        x,
        y,
        channels ? spec.inner() : y.size(),
        spec.p(),
        seedLow,
        seedHigh,
        streamLow,
        streamHigh);
  }
}
