package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Elementwise;
import dev.kiln.backend.Unary;
import dev.kiln.backend.Unary.Function;
import java.util.EnumSet;
import java.util.Set;

/** Functions of one and of two elements. */
final class CpuElementwise implements Elementwise {
  private static final int GRAIN = 1 << 15;

  /** Cheap enough for memory to be what they wait for. */
  private static final Set<Function> CHEAP =
      EnumSet.of(
          Function.RELU,
          Function.LEAKY_RELU,
          Function.HARD_SIGMOID,
          Function.HARD_SWISH,
          Function.SQRT,
          Function.ABS,
          Function.SQUARE,
          Function.RECIPROCAL,
          Function.CLAMP,
          Function.HARD_TANH);

  private final Loops loops;
  private final Workers workers;

  CpuElementwise(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  @Override
  public void unary(Unary f, Buffer x, Buffer y) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    int xAt = CpuBuffer.offset(x);
    int yAt = CpuBuffer.offset(y);
    workers.elements(
        y.size(),
        CHEAP.contains(f.function()) ? GRAIN : GRAIN / 8,
        (from, to) -> loops.unary(f, in, xAt + from, out, yAt + from, to - from));
  }

  @Override
  public void unaryGradient(Unary f, Buffer kept, Buffer dy, Buffer dx) {
    float[] k = CpuBuffer.floats(kept);
    float[] in = CpuBuffer.floats(dy);
    float[] out = CpuBuffer.floats(dx);
    int kAt = CpuBuffer.offset(kept);
    int inAt = CpuBuffer.offset(dy);
    int outAt = CpuBuffer.offset(dx);
    workers.elements(
        dx.size(),
        CHEAP.contains(f.function()) || f.keepsOutput() ? GRAIN : GRAIN / 8,
        (from, to) ->
            loops.unaryGradient(f, k, kAt + from, in, inAt + from, out, outAt + from, to - from));
  }

  @Override
  public void affine(float scale, float shift, Buffer x, Buffer y) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    int xAt = CpuBuffer.offset(x);
    int yAt = CpuBuffer.offset(y);
    workers.elements(
        y.size(),
        GRAIN,
        (from, to) -> loops.affine(0, scale, shift, in, xAt + from, out, yAt + from, to - from));
  }

  @Override
  public void binary(Binary f, Broadcast broadcast, Buffer a, Buffer b, Buffer y) {
    int size = broadcast.size();
    if (size == 0) {
      return;
    }
    float[] left = CpuBuffer.floats(a);
    float[] right = CpuBuffer.floats(b);
    float[] out = CpuBuffer.floats(y);
    int aAt = CpuBuffer.offset(a);
    int bAt = CpuBuffer.offset(b);
    int yAt = CpuBuffer.offset(y);
    int[] extents = broadcast.extents();
    int last = extents.length - 1;
    int length = extents[last];
    int aStep = broadcast.stridesA()[last];
    int bStep = broadcast.stridesB()[last];
    if (last == 0) {
      workers.elements(
          size,
          GRAIN,
          (from, to) ->
              loops.binary(
                  f,
                  left,
                  aAt + from * aStep,
                  aStep,
                  right,
                  bAt + from * bStep,
                  bStep,
                  out,
                  yAt + from,
                  to - from));
      return;
    }
    workers.rows(
        size / length,
        GRAIN / length + 1,
        (first, end) -> {
          Odometer at = new Odometer(extents, broadcast.stridesA(), broadcast.stridesB(), first);
          for (int row = first; row < end; row++, at.next()) {
            loops.binary(
                f,
                left,
                aAt + at.first(),
                aStep,
                right,
                bAt + at.second(),
                bStep,
                out,
                yAt + row * length,
                length);
          }
        });
  }
}
