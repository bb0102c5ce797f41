package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of groups with few output channels (depthwise above all), where a matrix product
 * would waste most of each tile: for each kernel position, whole rows are multiplied by one weight
 * and added up.
 */
final class DirectConvolution {
  private final Loops loops;
  private final Workers workers;

  DirectConvolution(Engine engine) {
    loops = engine.loops();
    workers = engine.workers();
  }

  void conv2d(Conv2dSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    float[] out = CpuBuffer.floats(y);
    float[] weight = CpuBuffer.floats(w);
    float[] biases = CpuBuffer.floatsOrNull(bias);
    int biasAt = CpuBuffer.offsetOrZero(bias);
    float[] in = CpuBuffer.floats(x);
    planes(
        spec,
        spec.n() * spec.outChannels(),
        plane -> {
          int channel = plane % spec.outChannels();
          int yAt = CpuBuffer.offset(y) + plane * spec.outPixels();
          float start = biases == null ? 0 : biases[biasAt + channel];
          Arrays.fill(out, yAt, yAt + spec.outPixels(), start);
          int first = plane / spec.outChannels() * spec.inChannels() + groupOf(spec, channel);
          int at = CpuBuffer.offset(w) + channel * spec.patch();
          for (int c = 0; c < spec.groupIn(); c++) {
            int xAt = CpuBuffer.offset(x) + (first + c) * spec.inPixels();
            runs(
                spec,
                (tap, inAt, inStep, outAt, n) -> {
                  float scale = weight[at + tap];
                  if (inStep == 1) {
                    loops.accumulate(scale, in, xAt + inAt, out, yAt + outAt, n);
                  } else {
                    for (int q = 0; q < n; q++) {
                      out[yAt + outAt + q] += scale * in[xAt + inAt + q * inStep];
                    }
                  }
                },
                c);
          }
        });
  }

  void inputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
    float[] upstream = CpuBuffer.floats(dy);
    float[] weight = CpuBuffer.floats(w);
    float[] result = CpuBuffer.floats(dx);
    planes(
        spec,
        spec.n() * spec.inChannels(),
        plane -> {
          int channel = plane % spec.inChannels();
          int group = channel / spec.groupIn();
          int dxAt = CpuBuffer.offset(dx) + plane * spec.inPixels();
          Arrays.fill(result, dxAt, dxAt + spec.inPixels(), 0);
          int first = plane / spec.inChannels() * spec.outChannels() + group * spec.groupOut();
          for (int o = 0; o < spec.groupOut(); o++) {
            int dyAt = CpuBuffer.offset(dy) + (first + o) * spec.outPixels();
            int at = CpuBuffer.offset(w) + (group * spec.groupOut() + o) * spec.patch();
            runs(
                spec,
                (tap, inAt, inStep, outAt, n) -> {
                  float scale = weight[at + tap];
                  if (inStep == 1) {
                    loops.accumulate(scale, upstream, dyAt + outAt, result, dxAt + inAt, n);
                  } else {
                    for (int q = 0; q < n; q++) {
                      result[dxAt + inAt + q * inStep] += scale * upstream[dyAt + outAt + q];
                    }
                  }
                },
                channel % spec.groupIn());
          }
        });
  }

  void weightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
    float[] in = CpuBuffer.floats(x);
    float[] upstream = CpuBuffer.floats(dy);
    float[] result = CpuBuffer.floats(dw);
    planes(
        spec,
        spec.outChannels() * spec.groupIn(),
        plane -> {
          int channel = plane / spec.groupIn();
          int c = plane % spec.groupIn();
          double[] sums = new double[spec.patch()];
          for (int i = 0; i < spec.n(); i++) {
            int dyAt = CpuBuffer.offset(dy) + (i * spec.outChannels() + channel) * spec.outPixels();
            int first = i * spec.inChannels() + groupOf(spec, channel) + c;
            int xAt = CpuBuffer.offset(x) + first * spec.inPixels();
            runs(
                spec,
                (tap, inAt, inStep, outAt, n) -> {
                  if (inStep == 1) {
                    sums[tap] += loops.dot(0, in, xAt + inAt, upstream, dyAt + outAt, n);
                  } else {
                    for (int q = 0; q < n; q++) {
                      sums[tap] +=
                          (double) in[xAt + inAt + q * inStep] * upstream[dyAt + outAt + q];
                    }
                  }
                },
                c);
          }
          int kernel = spec.kernelHeight() * spec.kernelWidth();
          int at = CpuBuffer.offset(dw) + channel * spec.patch() + c * kernel;
          for (int tap = 0; tap < kernel; tap++) {
            result[at + tap] = (float) sums[c * kernel + tap];
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

  /** Output pixels of a row that all see the input through the same kernel position. */
  private interface Run {
    /**
     * @param tap position in the weight of one output channel
     * @param inAt first input pixel, the next ones {@code inStep} apart
     * @param outAt first output pixel
     */
    void run(int tap, int inAt, int inStep, int outAt, int n);
  }

  /** Every run of one input channel of a group, in a fixed order. */
  private static void runs(Conv2dSpec spec, Run run, int channel) {
    int kernel = spec.kernelHeight() * spec.kernelWidth();
    for (int i = 0; i < spec.kernelHeight(); i++) {
      for (int j = 0; j < spec.kernelWidth(); j++) {
        int shift = j * spec.dilationWidth() - spec.paddingWidth();
        int first = Math.max(0, Math.floorDiv(-shift + spec.strideWidth() - 1, spec.strideWidth()));
        int end =
            Math.min(
                spec.outWidth(), Math.floorDiv(spec.inWidth() - 1 - shift, spec.strideWidth()) + 1);
        if (first >= end) {
          continue;
        }
        int tap = channel * kernel + i * spec.kernelWidth() + j;
        for (int oh = 0; oh < spec.outHeight(); oh++) {
          int row = oh * spec.strideHeight() - spec.paddingHeight() + i * spec.dilationHeight();
          if (row >= 0 && row < spec.inHeight()) {
            int inAt = row * spec.inWidth() + first * spec.strideWidth() + shift;
            run.run(tap, inAt, spec.strideWidth(), oh * spec.outWidth() + first, end - first);
          }
        }
      }
    }
  }
}
