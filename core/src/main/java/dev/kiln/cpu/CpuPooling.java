package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Pool2dSpec;
import dev.kiln.backend.Pooling;
import java.util.Arrays;

/** Pooling, plane by plane. */
final class CpuPooling implements Pooling {
  private static final int GRAIN = 1 << 14;

  private final Loops loops;
  private final Workers workers;
  private final DirectConvolution sums;

  CpuPooling(Engine engine) {
    sums = new DirectConvolution(engine);
    loops = engine.loops();
    workers = engine.workers();
  }

  private void planes(Pool2dSpec spec, Workers.Task body) {
    long window = (long) spec.kernelHeight() * spec.kernelWidth();
    long each = Math.max(1, Math.min(GRAIN, spec.outPixels() * window));
    workers.rows(
        spec.planes(),
        (int) (GRAIN / each),
        (from, to) -> {
          for (int plane = from; plane < to; plane++) {
            body.run(plane);
          }
        });
  }

  @Override
  public void maxPool2d(Pool2dSpec spec, Buffer x, Buffer y, Buffer indices) {
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    int[] winners = CpuBuffer.ints(indices);
    if (loops.gathers() && staysInside(spec)) {
      int[] corners = corners(spec);
      int[] taps = taps(spec);
      planes(
          spec,
          plane ->
              loops.maxOfWindows(
                  in,
                  CpuBuffer.offset(x) + plane * spec.inPixels(),
                  corners,
                  taps,
                  spec.outPixels(),
                  out,
                  CpuBuffer.offset(y) + plane * spec.outPixels(),
                  winners,
                  CpuBuffer.offset(indices) + plane * spec.outPixels()));
      return;
    }
    planes(
        spec,
        plane -> {
          int xAt = CpuBuffer.offset(x) + plane * spec.inPixels();
          int yAt = CpuBuffer.offset(y) + plane * spec.outPixels();
          int winnersAt = CpuBuffer.offset(indices) + plane * spec.outPixels();
          for (int oh = 0; oh < spec.outHeight(); oh++) {
            int top = oh * spec.strideHeight() - spec.paddingHeight();
            int hTo = Math.min(spec.inHeight(), top + spec.kernelHeight());
            int hFrom = Math.max(0, top);
            for (int ow = 0; ow < spec.outWidth(); ow++) {
              int left = ow * spec.strideWidth() - spec.paddingWidth();
              int wTo = Math.min(spec.inWidth(), left + spec.kernelWidth());
              int wFrom = Math.max(0, left);
              int winner = hFrom * spec.inWidth() + wFrom;
              float max = in[xAt + winner];
              for (int h = hFrom; h < hTo; h++) {
                for (int w = wFrom; w < wTo; w++) {
                  float v = in[xAt + h * spec.inWidth() + w];
                  if (v > max || Float.isNaN(v) && !Float.isNaN(max)) {
                    max = v;
                    winner = h * spec.inWidth() + w;
                  }
                }
              }
              out[yAt + oh * spec.outWidth() + ow] = max;
              winners[winnersAt + oh * spec.outWidth() + ow] = winner;
            }
          }
        });
  }

  /** Whether no window reaches into padding or beyond the image. */
  private static boolean staysInside(Pool2dSpec s) {
    return s.paddingHeight() == 0
        && s.paddingWidth() == 0
        && (s.outHeight() - 1) * s.strideHeight() + s.kernelHeight() <= s.inHeight()
        && (s.outWidth() - 1) * s.strideWidth() + s.kernelWidth() <= s.inWidth();
  }

  /** Where in the plane each output's window begins. */
  private static int[] corners(Pool2dSpec s) {
    int[] corners = new int[s.outPixels()];
    for (int i = 0; i < corners.length; i++) {
      int h = i / s.outWidth() * s.strideHeight();
      corners[i] = h * s.inWidth() + i % s.outWidth() * s.strideWidth();
    }
    return corners;
  }

  /** The positions in a window, from its corner. */
  private static int[] taps(Pool2dSpec s) {
    int[] taps = new int[s.kernelHeight() * s.kernelWidth()];
    for (int i = 0; i < taps.length; i++) {
      taps[i] = i / s.kernelWidth() * s.inWidth() + i % s.kernelWidth();
    }
    return taps;
  }

  @Override
  public void maxPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer indices, Buffer dx) {
    float[] in = CpuBuffer.floats(dy);
    float[] out = CpuBuffer.floats(dx);
    int[] winners = CpuBuffer.ints(indices);
    planes(
        spec,
        plane -> {
          int dxAt = CpuBuffer.offset(dx) + plane * spec.inPixels();
          int dyAt = CpuBuffer.offset(dy) + plane * spec.outPixels();
          int winnersAt = CpuBuffer.offset(indices) + plane * spec.outPixels();
          Arrays.fill(out, dxAt, dxAt + spec.inPixels(), 0);
          for (int i = 0; i < spec.outPixels(); i++) {
            out[dxAt + winners[winnersAt + i]] += in[dyAt + i];
          }
        });
  }

  /** The sums of windows: a convolution with ones, each plane an image of its own. */
  private static Conv2dSpec asConvolution(Pool2dSpec s) {
    return new Conv2dSpec(
        s.planes(),
        1,
        s.inHeight(),
        s.inWidth(),
        1,
        s.outHeight(),
        s.outWidth(),
        s.kernelHeight(),
        s.kernelWidth(),
        s.strideHeight(),
        s.strideWidth(),
        s.paddingHeight(),
        s.paddingWidth(),
        1,
        1,
        1);
  }

  private static Buffer ones(Pool2dSpec s) {
    float[] ones = new float[s.kernelHeight() * s.kernelWidth()];
    Arrays.fill(ones, 1);
    return new CpuBuffer(ones, ones.length, false);
  }

  /** Whether windows overlap, so that their rows are better summed together than one by one. */
  private static boolean overlaps(Pool2dSpec s) {
    return s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.outHeight() <= s.inHeight() + 2 * s.paddingHeight() - s.kernelHeight() + 1
        && s.outWidth() <= s.inWidth() + 2 * s.paddingWidth() - s.kernelWidth() + 1;
  }

  private static float[] divisors(Pool2dSpec s) {
    float[] divisors = new float[s.outPixels()];
    for (int i = 0; i < divisors.length; i++) {
      divisors[i] = divisor(s, rows(s, i / s.outWidth()), columns(s, i % s.outWidth()));
    }
    return divisors;
  }

  /** Divides each plane of {@code from} by its divisors. */
  private void divide(Pool2dSpec s, float[] from, int fromAt, float[] to, int toAt) {
    float[] divisors = divisors(s);
    planes(
        s,
        plane -> {
          int at = plane * divisors.length;
          for (int i = 0; i < divisors.length; i++) {
            to[toAt + at + i] = from[fromAt + at + i] / divisors[i];
          }
        });
  }

  @Override
  public void avgPool2d(Pool2dSpec spec, Buffer x, Buffer y) {
    if (overlaps(spec)) {
      sums.conv2d(asConvolution(spec), x, ones(spec), null, Finish.NONE, y);
      float[] result = CpuBuffer.floats(y);
      divide(spec, result, CpuBuffer.offset(y), result, CpuBuffer.offset(y));
      return;
    }
    float[] in = CpuBuffer.floats(x);
    float[] out = CpuBuffer.floats(y);
    planes(
        spec,
        plane -> {
          int xAt = CpuBuffer.offset(x) + plane * spec.inPixels();
          int yAt = CpuBuffer.offset(y) + plane * spec.outPixels();
          for (int oh = 0; oh < spec.outHeight(); oh++) {
            Span rows = rows(spec, oh);
            for (int ow = 0; ow < spec.outWidth(); ow++) {
              Span columns = columns(spec, ow);
              float sum = 0;
              for (int h = rows.from(); h < rows.to(); h++) {
                for (int w = columns.from(); w < columns.to(); w++) {
                  sum += in[xAt + h * spec.inWidth() + w];
                }
              }
              out[yAt + oh * spec.outWidth() + ow] = sum / divisor(spec, rows, columns);
            }
          }
        });
  }

  @Override
  public void avgPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer dx) {
    if (overlaps(spec)) {
      float[] shares = Scratch.ofThread().array(Scratch.Role.PHASE, dy.size());
      divide(spec, CpuBuffer.floats(dy), CpuBuffer.offset(dy), shares, 0);
      Buffer upstream = new CpuBuffer(shares, dy.size(), false);
      sums.inputGradient(asConvolution(spec), upstream, ones(spec), dx);
      return;
    }
    float[] in = CpuBuffer.floats(dy);
    float[] out = CpuBuffer.floats(dx);
    planes(
        spec,
        plane -> {
          int dxAt = CpuBuffer.offset(dx) + plane * spec.inPixels();
          int dyAt = CpuBuffer.offset(dy) + plane * spec.outPixels();
          Arrays.fill(out, dxAt, dxAt + spec.inPixels(), 0);
          for (int oh = 0; oh < spec.outHeight(); oh++) {
            Span rows = rows(spec, oh);
            for (int ow = 0; ow < spec.outWidth(); ow++) {
              Span columns = columns(spec, ow);
              float share = in[dyAt + oh * spec.outWidth() + ow] / divisor(spec, rows, columns);
              for (int h = rows.from(); h < rows.to(); h++) {
                for (int w = columns.from(); w < columns.to(); w++) {
                  out[dxAt + h * spec.inWidth() + w] += share;
                }
              }
            }
          }
        });
  }

  /**
   * A window along one dimension.
   *
   * @param from first position inside the input
   * @param to one past the last inside the input
   * @param padded how many positions it has when padding counts
   */
  private record Span(int from, int to, int padded) {
    static Span of(int out, int stride, int padding, int kernel, int extent) {
      int from = out * stride - padding;
      int to = Math.min(from + kernel, extent + padding);
      return new Span(Math.max(0, from), Math.min(to, extent), to - from);
    }

    int inside() {
      return to - from;
    }
  }

  private static Span rows(Pool2dSpec s, int oh) {
    return Span.of(oh, s.strideHeight(), s.paddingHeight(), s.kernelHeight(), s.inHeight());
  }

  private static Span columns(Pool2dSpec s, int ow) {
    return Span.of(ow, s.strideWidth(), s.paddingWidth(), s.kernelWidth(), s.inWidth());
  }

  private static int divisor(Pool2dSpec spec, Span rows, Span columns) {
    return spec.countIncludePad()
        ? rows.padded() * columns.padded()
        : rows.inside() * columns.inside();
  }
}
