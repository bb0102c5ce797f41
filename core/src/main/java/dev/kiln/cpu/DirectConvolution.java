package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of groups with few output channels (depthwise above all), where a matrix product
 * would waste most of each tile: a plane of results is a weighted sum of shifted planes, which
 * {@link PlaneLayout} makes one long run each. A weight gradient reads the output gradient where it
 * lies, beside the {@link Planes} of the input.
 */
final class DirectConvolution {
  /** How many output channels of a weight gradient share a laid out plane of the input. */
  private static final int OUTS = 8;

  private final Loops loops;
  private final Workers workers;
  private final Tiles tiles;

  DirectConvolution(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
    tiles = engine.product().tiles();
  }

  void conv2d(Conv2dSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Finish finish, Buffer y) {
    float[] out = CpuBuffer.floats(y);
    float[] weight = CpuBuffer.floats(w);
    float[] biases = CpuBuffer.floatsOrNull(bias);
    float[] in = CpuBuffer.floats(x);
    PlaneLayout layout = new PlaneLayout(spec);
    int[] places = layout.places();
    int run = layout.outputRun();
    planes(
        spec,
        spec.n() * spec.outChannels(),
        plane -> {
          int channel = plane % spec.outChannels();
          float[] padded = Scratch.ofThread().array(Scratch.Role.IMAGE, layout.paddedSize());
          float[] sums = Scratch.ofThread().array(Scratch.Role.PARTS, run);
          float start = biases == null ? 0 : biases[CpuBuffer.offsetOrZero(bias) + channel];
          Arrays.fill(sums, 0, run, start);
          int first = plane / spec.outChannels() * spec.inChannels() + groupOf(spec, channel);
          int at = CpuBuffer.offset(w) + channel * spec.patch();
          for (int c = 0; c < spec.groupIn(); c++) {
            layout.pad(in, CpuBuffer.offset(x) + (first + c) * spec.inPixels(), padded);
            int taps = layout.taps();
            loops.accumulateShifted(weight, at + c * taps, places, taps, padded, sums, run);
          }
          int to = CpuBuffer.offset(y) + plane * spec.outPixels();
          layout.collect(sums, out, to);
          finish.run(out, to, spec.outPixels());
        });
  }

  void inputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
    float[] upstream = CpuBuffer.floats(dy);
    float[] weight = CpuBuffer.floats(w);
    float[] result = CpuBuffer.floats(dx);
    PlaneLayout layout = new PlaneLayout(spec);
    int run = layout.phaseRun();
    int size = layout.reach() + run;
    planes(
        spec,
        spec.n() * spec.inChannels(),
        plane -> {
          int channel = plane % spec.inChannels();
          int group = channel / spec.groupIn();
          int first = plane / spec.inChannels() * spec.outChannels() + group * spec.groupOut();
          float[] laid =
              Scratch.ofThread()
                  .array(Scratch.Role.IMAGE, Math.multiplyExact(spec.groupOut(), size));
          for (int o = 0; o < spec.groupOut(); o++) {
            int dyAt = CpuBuffer.offset(dy) + (first + o) * spec.outPixels();
            layout.spread(upstream, dyAt, laid, o * size, layout.reach(), size);
          }
          int dxAt = CpuBuffer.offset(dx) + plane * spec.inPixels();
          Arrays.fill(result, dxAt, dxAt + spec.inPixels(), 0);
          float[] sums = Scratch.ofThread().array(Scratch.Role.PARTS, run);
          float[] weights = Scratch.ofThread().array(Scratch.Role.START, layout.taps());
          int[] places = Scratch.ofThread().integers(layout.taps());
          for (int phase = 0; phase < layout.phaseCount(); phase++) {
            Arrays.fill(sums, 0, run, 0);
            int count = 0;
            for (int o = 0; o < spec.groupOut(); o++) {
              int line = (group * spec.groupOut() + o) * spec.groupIn() + channel % spec.groupIn();
              int at = CpuBuffer.offset(w) + line * layout.taps();
              count = 0;
              for (int tap = 0; tap < layout.taps(); tap++) {
                if (layout.phase(tap) == phase) {
                  weights[count] = weight[at + tap];
                  places[count++] = o * size + layout.reach() - layout.shift(tap);
                }
              }
              loops.accumulateShifted(weights, 0, places, count, laid, sums, run);
            }
            if (count > 0) {
              layout.unpad(sums, phase, result, dxAt);
            }
          }
        });
  }

  void weightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
    float[] in = CpuBuffer.floats(x);
    float[] upstream = CpuBuffer.floats(dy);
    float[] result = CpuBuffer.floats(dw);
    Planes planes = new Planes(Window.forward(spec).ofOneChannel(), tiles, spec.outHeight());
    int[] places = planes.places();
    int taps = places.length;
    int pieces = (spec.groupOut() + OUTS - 1) / OUTS;
    planes(
        spec,
        spec.inChannels() * pieces,
        task -> {
          int channel = task / pieces;
          int group = channel / spec.groupIn();
          int first = group * spec.groupOut() + task % pieces * OUTS;
          int count = Math.min(OUTS, (group + 1) * spec.groupOut() - first);
          float[] laid =
              Scratch.ofThread().array(Scratch.Role.PLANES, planes.size() + tiles.lanes());
          double[] sums = new double[count * taps];
          for (int i = 0; i < spec.n(); i++) {
            int plane = i * spec.inChannels() + channel;
            int xAt = CpuBuffer.offset(x) + plane * spec.inPixels();
            planes.lay(in, xAt, 0, spec.outHeight(), laid, 0);
            for (int o = 0; o < count; o++) {
              int from = i * spec.outChannels() + first + o;
              int dyAt = CpuBuffer.offset(dy) + from * spec.outPixels();
              loops.dotShifted(
                  laid, places, taps, upstream, dyAt, spec.outPixels(), sums, o * taps);
            }
          }
          for (int i = 0; i < sums.length; i++) {
            int line = (first + i / taps) * spec.groupIn();
            int at = (line + channel % spec.groupIn()) * taps + i % taps;
            result[CpuBuffer.offset(dw) + at] = (float) sums[i];
          }
        });
  }

  private void planes(Conv2dSpec spec, int count, Workers.Task body) {
    int each = Math.max(1, (int) Math.min(1 << 20, spec.flops() / 2 / Math.max(1, count)));
    workers.rows(
        count,
        (1 << 16) / each + 1,
        (from, to) -> {
          for (int plane = from; plane < to; plane++) {
            body.run(plane);
          }
        });
  }

  private static int groupOf(Conv2dSpec spec, int outChannel) {
    return outChannel / spec.groupOut() * spec.groupIn();
  }
}
