package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Dropout;
import dev.kiln.backend.DropoutSpec;
import dev.kiln.gpu.driver.Grid;

/** Dropout: dropout.cl. */
interface GpuDropout extends Dropout, GpuFamily {
  /** Enough to fill any device; more channels take turns. */
  int MOST_GROUPS = 1 << 16;

  @Override
  default void dropout(DropoutSpec spec, Buffer x, Buffer y) {
    if (y.size() == 0) {
      return;
    }
    String program = cpuKernels() ? "dropout_cpu" : "dropout";
    int seedLow = (int) spec.seed();
    int seedHigh = (int) (spec.seed() >>> 32);
    int streamLow = (int) spec.stream();
    int streamHigh = (int) (spec.stream() >>> 32);
    GivenNumbers given = given(spec, GpuDropout::stream);
    if (spec.inner() == 1) {
      launch(
          program,
          "dropout",
          covering(program, (y.size() + 3L) / 4),
          x,
          y,
          y.size(),
          spec.p(),
          seedLow,
          seedHigh,
          streamLow,
          streamHigh,
          given.memory(),
          given.place());
    } else {
      int channels = y.size() / spec.inner();
      int local = kernels().tunable(program, "CHANNEL_WG");
      launch(
          program,
          "dropout_channels",
          Grid.of(Math.min(channels, MOST_GROUPS), local),
          x,
          y,
          channels,
          spec.inner(),
          spec.p(),
          seedLow,
          seedHigh,
          streamLow,
          streamHigh,
          given.memory(),
          given.place());
    }
  }

  private static int[] stream(DropoutSpec spec) {
    return new int[] {(int) spec.stream(), (int) (spec.stream() >>> 32)};
  }
}
