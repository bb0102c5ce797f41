package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Dropout;
import dev.kiln.backend.DropoutSpec;
import dev.kiln.random.Philox;
import java.util.Arrays;

/** Dropout with masks drawn by {@link Philox}. */
final class CpuDropout implements Dropout {
  private static final int GRAIN = 1 << 12;

  private final Loops loops;
  private final Workers workers;

  CpuDropout(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  @Override
  public void dropout(DropoutSpec spec, Buffer x, Buffer y) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    int xAt = CpuBuffer.offset(x);
    int yAt = CpuBuffer.offset(y);
    int inner = spec.inner();
    int draws = inner == 0 ? 0 : y.size() / inner;
    float scale = 1 / (1 - spec.p());
    workers.rows(
        (draws + Philox.LANES - 1) / Philox.LANES,
        GRAIN / Philox.LANES / Math.max(1, inner) + 1,
        (from, to) -> {
          int[] lanes = new int[Philox.LANES];
          for (int block = from; block < to; block++) {
            Philox.block(spec.seed(), spec.stream(), block, lanes);
            int first = block * Philox.LANES;
            int end = Math.min(Philox.LANES, draws - first);
            for (int lane = 0; lane < end; lane++) {
              int at = (first + lane) * inner;
              boolean dropped = Philox.uniform(lanes[lane]) < spec.p();
              if (inner == 1) {
                out[yAt + at] = dropped ? 0 : in[xAt + at] * scale;
              } else if (dropped) {
                Arrays.fill(out, yAt + at, yAt + at + inner, 0);
              } else {
                loops.affine(0, scale, 0, in, xAt + at, out, yAt + at, inner);
              }
            }
          }
        });
  }
}
