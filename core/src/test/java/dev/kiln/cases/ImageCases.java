package dev.kiln.cases;

import dev.kiln.Shape;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.ops.AdaptivePool2d;
import dev.kiln.ops.Conv1d;
import dev.kiln.ops.Conv1dOptions;
import dev.kiln.ops.Conv2dOptions;
import dev.kiln.ops.ConvTranspose2d;
import dev.kiln.ops.PixelShuffle;
import dev.kiln.ops.Upsample;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Images and signals to other sizes: 1-D and transposed convolution, adaptive pools, upsampling.
 */
final class ImageCases {
  private ImageCases() {}

  static Stream<OpCase> all() {
    return Stream.of(conv1d(), convTranspose2d(), adaptivePool(), upsample(), pixelShuffle())
        .flatMap(cases -> cases);
  }

  private static Stream<OpCase> conv1d() {
    Conv1dOptions plain = Conv1dOptions.DEFAULT;
    return Stream.of(
        conv1d(1, 1, 1, 1, 1, plain),
        conv1d(2, 3, 4, 17, 3, plain.padding(1)),
        conv1d(3, 4, 6, 31, 5, plain.stride(2).padding(2)),
        conv1d(1, 6, 9, 33, 3, plain.dilation(3).groups(3)),
        conv1d(5, 7, 7, 13, 4, plain.groups(7)),
        conv1d(0, 2, 3, 5, 3, plain));
  }

  private static OpCase conv1d(int n, int in, int out, int length, int k, Conv1dOptions o) {
    int result = (length + 2 * o.padding() - o.dilation() * (k - 1) - 1) / o.stride() + 1;
    Conv2dSpec spec =
        new Conv2dSpec(
            n,
            in,
            1,
            length,
            out,
            1,
            result,
            1,
            k,
            1,
            o.stride(),
            0,
            o.padding(),
            1,
            o.dilation(),
            o.groups());
    return OpCase.of("conv1d", o)
        .input(n, in, length)
        .input(out, in / o.groups(), k)
        .input(out)
        .flops(spec.flops())
        .forward(x -> Conv1d.apply(x[0], x[1], x[2], o))
        .oracle(x -> Oracle.conv2d(spec, x[0], x[1], x[2]));
  }

  private static Stream<OpCase> convTranspose2d() {
    Conv2dOptions plain = Conv2dOptions.DEFAULT;
    return Stream.of(
        transposed(new int[] {1, 1, 1, 1}, new int[] {1, 1, 1, 1}, plain),
        transposed(new int[] {2, 3, 5, 7}, new int[] {3, 4, 3, 3}, plain),
        transposed(new int[] {2, 5, 6, 3}, new int[] {5, 3, 2, 2}, plain.stride(2)),
        transposed(new int[] {1, 4, 5, 3}, new int[] {4, 3, 4, 4}, plain.stride(2).padding(1)),
        transposed(new int[] {2, 3, 4, 5}, new int[] {3, 2, 3, 3}, plain.stride(2).padding(1), 1),
        transposed(new int[] {2, 4, 5, 3}, new int[] {4, 3, 3, 3}, plain.stride(2).groups(2)),
        transposed(new int[] {1, 2, 4, 4}, new int[] {2, 3, 3, 2}, plain.dilation(2).stride(1, 3)),
        transposed(
            new int[] {1, 3, 3, 4}, new int[] {3, 2, 5, 3}, plain.stride(3, 2).padding(2, 1), 2, 0),
        transposed(new int[] {2, 6, 7, 7}, new int[] {6, 1, 3, 3}, plain.stride(2).groups(6), 1),
        transposed(new int[] {4, 40, 7, 7}, new int[] {40, 33, 4, 4}, plain.stride(2).padding(1)),
        transposed(new int[] {0, 2, 3, 3}, new int[] {2, 3, 3, 3}, plain));
  }

  static OpCase transposed(int[] x, int[] w, Conv2dOptions o, int... more) {
    int moreHeight = more.length == 0 ? 0 : more[0];
    int moreWidth = more.length == 0 ? 0 : more[more.length - 1];
    int out = w[1] * o.groups();
    int height =
        (x[2] - 1) * o.strideHeight()
            - 2 * o.paddingHeight()
            + o.dilationHeight() * (w[2] - 1)
            + moreHeight
            + 1;
    int width =
        (x[3] - 1) * o.strideWidth()
            - 2 * o.paddingWidth()
            + o.dilationWidth() * (w[3] - 1)
            + moreWidth
            + 1;
    return OpCase.of("conv_transpose2d", o, more)
        .input(x)
        .input(w)
        .input(out)
        .flops(2.0 * x[0] * x[1] * x[2] * x[3] * w[1] * w[2] * w[3])
        .forward(t -> ConvTranspose2d.apply(t[0], t[1], t[2], o, more))
        .oracle(t -> scatter(x, w, o, height, width, t));
  }

  /** Each input pixel adds its kernel to the output: the definition. */
  private static double[] scatter(
      int[] x, int[] w, Conv2dOptions o, int height, int width, double[][] t) {
    int groupIn = x[1] / o.groups();
    int out = w[1] * o.groups();
    double[] y = new double[x[0] * out * height * width];
    Arrays.setAll(y, i -> t[2][i / (height * width) % out]);
    for (int i = 0; i < t[0].length; i++) {
      int v = i % x[3];
      int h = i / x[3] % x[2];
      int c = i / (x[3] * x[2]) % x[1];
      int n = i / (x[3] * x[2] * x[1]);
      for (int j = 0; j < w[1] * w[2] * w[3]; j++) {
        int oh = h * o.strideHeight() - o.paddingHeight() + j / w[3] % w[2] * o.dilationHeight();
        int ow = v * o.strideWidth() - o.paddingWidth() + j % w[3] * o.dilationWidth();
        int channel = c / groupIn * w[1] + j / (w[3] * w[2]);
        if (oh >= 0 && oh < height && ow >= 0 && ow < width) {
          y[((n * out + channel) * height + oh) * width + ow] +=
              t[0][i] * t[1][c * w[1] * w[2] * w[3] + j];
        }
      }
    }
    return y;
  }

  private static Stream<OpCase> adaptivePool() {
    return Stream.of(
        adaptive(new int[] {1, 1, 1, 1}, 1, 1),
        adaptive(new int[] {2, 3, 7, 5}, 1, 1),
        adaptive(new int[] {2, 3, 7, 5}, 3, 2),
        adaptive(new int[] {1, 2, 8, 8}, 4, 2),
        adaptive(new int[] {3, 17, 4, 4}, 7, 4),
        adaptive(new int[] {1, 2, 3, 2}, 5, 7),
        adaptive(new int[] {2, 1, 31, 33}, 6, 5),
        adaptive(new int[] {0, 2, 3, 3}, 2, 2),
        OpCase.of("global_max_pool2d")
            .input(OpCase.Values.DISTINCT, 2, 3, 5, 7)
            .forward(x -> AdaptivePool2d.globalMax(x[0]))
            .oracle(
                x -> {
                  double[] y = new double[6];
                  Arrays.setAll(
                      y, i -> Arrays.stream(x[0], i * 35, (i + 1) * 35).max().orElse(Double.NaN));
                  return y;
                }));
  }

  static OpCase adaptive(int[] shape, int height, int width) {
    return OpCase.of("adaptive_avg_pool2d", "to", height, width)
        .input(shape)
        .forward(x -> AdaptivePool2d.average(x[0], height, width))
        .oracle(
            x -> {
              double[] y = new double[shape[0] * shape[1] * height * width];
              for (int i = 0; i < y.length; i++) {
                int ow = i % width;
                int oh = i / width % height;
                int plane = i / (width * height);
                int top = oh * shape[2] / height;
                int bottom = ((oh + 1) * shape[2] + height - 1) / height;
                int left = ow * shape[3] / width;
                int right = ((ow + 1) * shape[3] + width - 1) / width;
                for (int h = top; h < bottom; h++) {
                  for (int w = left; w < right; w++) {
                    y[i] += x[0][(plane * shape[2] + h) * shape[3] + w];
                  }
                }
                y[i] /= (bottom - top) * (right - left);
              }
              return y;
            });
  }

  private static Stream<OpCase> upsample() {
    return Stream.of(Upsample.Mode.values())
        .flatMap(
            mode ->
                Stream.of(
                    upsample(mode, new int[] {1, 1, 1, 1}, 3, 2),
                    upsample(mode, new int[] {2, 3, 4, 5}, 8, 10),
                    upsample(mode, new int[] {1, 2, 5, 3}, 7, 11),
                    upsample(mode, new int[] {1, 2, 7, 9}, 3, 1),
                    upsample(mode, new int[] {2, 2, 1, 17}, 5, 31),
                    upsample(mode, new int[] {3, 5, 8, 8}, 8, 8),
                    byFactor(mode, new int[] {2, 2, 5, 7}, 2),
                    byFactor(mode, new int[] {1, 2, 5, 7}, 1.5),
                    byFactor(mode, new int[] {1, 3, 9, 6}, 0.4)));
  }

  static OpCase upsample(Upsample.Mode mode, int[] shape, int height, int width) {
    return OpCase.of("upsample", mode, "to", height, width)
        .input(shape)
        .forward(x -> Upsample.toSize(x[0], height, width, mode))
        .oracle(
            x ->
                interpolated(
                    mode,
                    shape,
                    x[0],
                    height,
                    width,
                    (double) shape[2] / height,
                    (double) shape[3] / width));
  }

  private static OpCase byFactor(Upsample.Mode mode, int[] shape, double factor) {
    int height = (int) Math.floor(shape[2] * factor);
    int width = (int) Math.floor(shape[3] * factor);
    return OpCase.of("upsample", mode, "by", factor)
        .input(shape)
        .forward(x -> Upsample.byFactor(x[0], factor, mode))
        .oracle(x -> interpolated(mode, shape, x[0], height, width, 1 / factor, 1 / factor));
  }

  private static double[] interpolated(
      Upsample.Mode mode,
      int[] shape,
      double[] x,
      int height,
      int width,
      double stepHeight,
      double stepWidth) {
    double[] y = new double[shape[0] * shape[1] * height * width];
    for (int i = 0; i < y.length; i++) {
      double v = place(mode, i / width % height, shape[2], height, stepHeight);
      double u = place(mode, i % width, shape[3], width, stepWidth);
      int h = Math.min(shape[2] - 1, (int) v);
      int w = Math.min(shape[3] - 1, (int) u);
      int below = Math.min(h + 1, shape[2] - 1);
      int right = Math.min(w + 1, shape[3] - 1);
      int at = i / (height * width) * shape[2] * shape[3];
      double upper =
          x[at + h * shape[3] + w] * (1 - (u - w)) + x[at + h * shape[3] + right] * (u - w);
      double lower =
          x[at + below * shape[3] + w] * (1 - (u - w)) + x[at + below * shape[3] + right] * (u - w);
      y[i] = upper * (1 - (v - h)) + lower * (v - h);
    }
    return y;
  }

  private static double place(Upsample.Mode mode, int o, int in, int out, double step) {
    return switch (mode) {
      case NEAREST -> Math.floor(o * step + 1e-6);
      case BILINEAR -> Math.max(0, (o + 0.5) * step - 0.5);
      case BILINEAR_ALIGN_CORNERS -> out > 1 ? o * (in - 1.0) / (out - 1) : 0;
    };
  }

  private static Stream<OpCase> pixelShuffle() {
    return Stream.of(
        OpCase.of("pixel_shuffle", "by 2")
            .input(2, 12, 3, 5)
            .forward(x -> PixelShuffle.apply(x[0], 2))
            .oracle(x -> shuffled(x[0], 2, 3, 2, 3, 5)),
        OpCase.of("pixel_shuffle", "by 3")
            .input(1, 9, 1, 4)
            .forward(x -> PixelShuffle.apply(x[0], 3))
            .oracle(x -> shuffled(x[0], 1, 1, 3, 1, 4)),
        OpCase.of("pixel_unshuffle", "there and back")
            .input(2, 12, 3, 5)
            .forward(x -> PixelShuffle.reverse(PixelShuffle.apply(x[0], 2), 2)));
  }

  private static double[] shuffled(double[] x, int n, int c, int r, int h, int w) {
    int[] out = {n, c, h * r, w * r};
    double[] y = new double[Shape.of(out).size()];
    for (int i = 0; i < y.length; i++) {
      int column = i % (w * r);
      int row = i / (w * r) % (h * r);
      int plane = i / (w * r * h * r);
      int channel = (plane % c * r + row % r) * r + column % r;
      y[i] = x[((plane / c * c * r * r + channel) * h + row / r) * w + column / r];
    }
    return y;
  }
}
