package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.ResampleSpec;
import dev.kiln.backend.Resampling;
import java.util.Arrays;

/** Images at another size, plane by plane: first the rows, then the columns of what that gives. */
final class CpuResampling implements Resampling {
  private static final int GRAIN = 1 << 14;

  private final Loops loops;
  private final Workers workers;

  CpuResampling(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  @Override
  public void resample(ResampleSpec s, Buffer x, Buffer y) {
    apply(
        s.planes(),
        Taps.of(s.method(), s.inHeight(), s.outHeight(), s.stepHeight()),
        Taps.of(s.method(), s.inWidth(), s.outWidth(), s.stepWidth()),
        x,
        y);
  }

  @Override
  public void resampleGradient(ResampleSpec s, Buffer dy, Buffer dx) {
    apply(
        s.planes(),
        Taps.of(s.method(), s.inHeight(), s.outHeight(), s.stepHeight()).transposed(),
        Taps.of(s.method(), s.inWidth(), s.outWidth(), s.stepWidth()).transposed(),
        dy,
        dx);
  }

  private void apply(int planes, Taps rows, Taps columns, Buffer x, Buffer y) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    int width = columns.in();
    int each = Math.max(rows.out(), rows.in()) * Math.max(width, columns.out());
    workers.rows(
        planes,
        GRAIN / Math.max(1, each) + 1,
        (from, to) -> {
          float[] row = Scratch.ofThread().array(Scratch.Role.ROW, width);
          for (int plane = from; plane < to; plane++) {
            int xAt = CpuBuffer.offset(x) + plane * rows.in() * width;
            int yAt = CpuBuffer.offset(y) + plane * rows.out() * columns.out();
            for (int h = 0; h < rows.out(); h++) {
              Arrays.fill(row, 0, width, 0);
              for (int t = rows.begin(h); t < rows.begin(h + 1); t++) {
                loops.accumulate(
                    rows.weight(t), in, xAt + rows.source(h, t) * width, row, 0, width);
              }
              columns.apply(row, out, yAt + h * columns.out());
            }
          }
        });
  }
}
