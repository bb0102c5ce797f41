package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Epilogue;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions with transformed rows against sums in double precision, and nothing beyond. */
class WinogradTest {
  private static final int MARGIN = 64;
  private static final float CANARY = 12345;

  static Stream<Arguments> shapes() {
    // n, channels, height, width, output channels, kernel height and width, padding
    return Stream.of(
            new int[] {1, 8, 4, 8, 8, 3, 3, 1},
            new int[] {2, 9, 7, 11, 13, 3, 3, 1},
            new int[] {3, 16, 10, 12, 24, 5, 5, 0},
            new int[] {2, 8, 6, 33, 9, 3, 1, 0},
            new int[] {1, 11, 5, 17, 8, 5, 3, 2},
            new int[] {17, 8, 9, 8, 12, 3, 3, 1},
            new int[] {1, 70, 13, 16, 31, 3, 3, 1},
            new int[] {2, 8, 23, 47, 8, 3, 4, 2},
            new int[] {40, 8, 6, 9, 25, 5, 5, 2},
            new int[] {1, 8, 30, 130, 10, 3, 3, 0})
        .flatMap(
            shape ->
                Stream.of(Engine.scalar(new Workers(1)), Engine.vector(new Workers(2)))
                    .map(
                        engine ->
                            Arguments.of(engine.name(), Arrays.toString(shape), engine, shape)));
  }

  private static Conv2dSpec spec(int[] s) {
    int outHeight = s[2] + 2 * s[7] - s[5] + 1;
    int outWidth = s[3] + 2 * s[7] - s[6] + 1;
    return new Conv2dSpec(
        s[0], s[1], s[2], s[3], s[4], outHeight, outWidth, s[5], s[6], 1, 1, s[7], s[7], 1, 1, 1);
  }

  /** A buffer of random values in the midst of others. */
  private static CpuBuffer buffer(Random random, int size, boolean empty) {
    float[] values = new float[size + 2 * MARGIN];
    Arrays.fill(values, CANARY);
    for (int i = 0; i < size; i++) {
      values[MARGIN + i] = empty ? Float.NaN : random.nextFloat() - 0.5f;
    }
    return new CpuBuffer(values, values.length, false).view(MARGIN, size);
  }

  private static float get(CpuBuffer buffer, int i) {
    return CpuBuffer.floats(buffer)[MARGIN + i];
  }

  private static void check(String what, CpuBuffer actual, double[] expected) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) get(actual, i))
          .as("%s[%d]", what, i)
          .isCloseTo(expected[i], offset(1e-5 * largest));
    }
    float[] all = CpuBuffer.floats(actual);
    for (int i = 0; i < MARGIN; i++) {
      assertThat(all[i]).as("%s: %d before", what, MARGIN - i).isEqualTo(CANARY);
      assertThat(all[all.length - 1 - i]).as("%s: %d after", what, MARGIN - i).isEqualTo(CANARY);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("shapes")
  void agreesWithSumsInDoublePrecision(String name, String text, Engine engine, int[] shape) {
    Conv2dSpec spec = spec(shape);
    assertThat(WinogradConvolution.suits(Window.forward(spec), spec.outChannels())).isTrue();
    Random random = new Random(Arrays.hashCode(shape));
    CpuBuffer x = buffer(random, spec.n() * spec.inChannels() * spec.inPixels(), false);
    CpuBuffer w = buffer(random, spec.outChannels() * spec.patch(), false);
    CpuBuffer bias = buffer(random, spec.outChannels(), false);
    int results = spec.n() * spec.outChannels() * spec.outPixels();
    CpuBuffer dy = buffer(random, results, false);
    CpuBuffer y = buffer(random, results, true);
    CpuBuffer dx = buffer(random, x.size(), true);
    CpuBuffer dw = buffer(random, w.size(), true);
    CpuConvolution convolution = new CpuConvolution(engine);
    convolution.conv2d(spec, x, w, Epilogue.bias(bias), y);
    convolution.conv2dInputGradient(spec, dy, w, dx);
    convolution.conv2dWeightGradient(spec, x, dy, dw);
    double[] sums = new double[results];
    double[] images = new double[x.size()];
    double[] kernels = new double[w.size()];
    for (int i = 0; i < results; i++) {
      int column = i % spec.outWidth();
      int row = i / spec.outWidth() % spec.outHeight();
      int out = i / spec.outPixels() % spec.outChannels();
      int image = i / spec.outPixels() / spec.outChannels();
      sums[i] = get(bias, out);
      for (int p = 0; p < spec.patch(); p++) {
        int h = row - spec.paddingHeight() + p / spec.kernelWidth() % spec.kernelHeight();
        int v = column - spec.paddingWidth() + p % spec.kernelWidth();
        if (h >= 0 && h < spec.inHeight() && v >= 0 && v < spec.inWidth()) {
          int channel = p / spec.kernelWidth() / spec.kernelHeight();
          int at = (image * spec.inChannels() + channel) * spec.inPixels() + h * spec.inWidth() + v;
          int tap = out * spec.patch() + p;
          sums[i] += (double) get(x, at) * get(w, tap);
          images[at] += (double) get(dy, i) * get(w, tap);
          kernels[tap] += (double) get(dy, i) * get(x, at);
        }
      }
    }
    check("y", y, sums);
    check("dx", dx, images);
    check("dw", dw, kernels);
  }
}
