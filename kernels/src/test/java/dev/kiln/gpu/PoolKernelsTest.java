package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Pool2dSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pooling and its gradients against loops that scatter, window by window. */
class PoolKernelsTest {
  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  static Stream<TestBackend> backends() {
    return TestBackend.everywhere();
  }

  static Stream<Arguments> specs() {
    List<Pool2dSpec> specs = new ArrayList<>();
    for (boolean countPadding : new boolean[] {true, false}) {
      specs.add(spec(3, 28, 28, 2, 2, 2, 0, false, countPadding));
      specs.add(spec(2, 7, 9, 2, 2, 2, 0, false, countPadding));
      specs.add(spec(2, 7, 9, 2, 2, 2, 0, true, countPadding));
      specs.add(spec(5, 14, 33, 2, 2, 2, 0, false, countPadding));
      specs.add(spec(1, 1, 1, 1, 1, 1, 0, false, countPadding));
      specs.add(spec(2, 9, 8, 3, 3, 1, 1, false, countPadding));
      specs.add(spec(2, 10, 11, 3, 3, 2, 1, true, countPadding));
      specs.add(spec(2, 10, 11, 3, 2, 2, 1, false, countPadding));
      specs.add(spec(2, 8, 17, 2, 3, 3, 0, true, countPadding));
      specs.add(spec(1, 6, 6, 5, 5, 1, 2, false, countPadding));
      specs.add(spec(2, 5, 6, 5, 6, 1, 0, false, countPadding));
      specs.add(spec(0, 6, 6, 2, 2, 2, 0, false, countPadding));
    }
    return TestBackend.everywhere().flatMap(b -> specs.stream().map(s -> Arguments.of(b, s)));
  }

  private static Pool2dSpec spec(
      int planes,
      int h,
      int w,
      int kh,
      int kw,
      int stride,
      int padding,
      boolean ceil,
      boolean count) {
    int oh = extent(h, kh, stride, padding, ceil);
    int ow = extent(w, kw, stride, padding, ceil);
    return new Pool2dSpec(planes, h, w, oh, ow, kh, kw, stride, stride, padding, padding, count);
  }

  private static int extent(int in, int kernel, int stride, int padding, boolean ceil) {
    int out = (in + 2 * padding - kernel + (ceil ? stride - 1 : 0)) / stride + 1;
    return (out - 1) * stride >= in + padding ? out - 1 : out;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void maxTakesTheFirstOfEquals(TestBackend on, Pool2dSpec spec) {
    float[] x = TestBackend.random(spec.planes() * spec.inPixels(), 21);
    for (int e = 0; e < x.length; e++) {
      x[e] = Math.round(x[e] * 3) - 10; // ties, and all below the 0 of padding
    }
    checkMax(on, spec, x);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void nanAndInfinityWinTheirWindows(TestBackend on, Pool2dSpec spec) {
    float[] x = TestBackend.random(spec.planes() * spec.inPixels(), 22);
    for (int e = 0; e < x.length; e++) {
      x[e] = e % 5 == 0 ? Float.NaN : e % 7 == 0 ? Float.POSITIVE_INFINITY : x[e];
    }
    checkMax(on, spec, x);
    java.util.Arrays.fill(x, Float.NEGATIVE_INFINITY);
    checkMax(on, spec, x);
  }

  private static void checkMax(TestBackend on, Pool2dSpec spec, float[] x) {
    int outputs = spec.planes() * spec.outPixels();
    float[] expected = new float[outputs];
    int[] places = new int[outputs];
    float[] dy = TestBackend.random(outputs, 23);
    double[] gradient = new double[x.length];
    forEachWindow(
        spec,
        (output, plane, pixels, divisor) -> {
          int best = pixels.get(0);
          for (int pixel : pixels) {
            float value = x[plane + pixel];
            float top = x[plane + best];
            if (value > top || (Float.isNaN(value) && !Float.isNaN(top))) {
              best = pixel;
            }
          }
          expected[output] = x[plane + best];
          places[output] = best;
          gradient[plane + best] += dy[output];
        });
    Buffer y = on.unwritten(outputs);
    Buffer indices = on.unwrittenInts(outputs);
    Buffer dx = on.unwritten(x.length);
    on.backend().maxPool2d(spec, on.of(x), y, indices);
    on.backend().maxPool2dGradient(spec, on.of(dy), indices, dx);
    assertThat(on.floats(y)).isEqualTo(expected);
    assertThat(on.ints(indices)).isEqualTo(places);
    assertClose(on.floats(dx), gradient);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void averagesDivideAsPyTorchDoes(TestBackend on, Pool2dSpec spec) {
    float[] x = TestBackend.random(spec.planes() * spec.inPixels(), 24);
    int outputs = spec.planes() * spec.outPixels();
    double[] expected = new double[outputs];
    float[] dy = TestBackend.random(outputs, 25);
    double[] gradient = new double[x.length];
    forEachWindow(
        spec,
        (output, plane, pixels, divisor) -> {
          for (int pixel : pixels) {
            expected[output] += (double) x[plane + pixel] / divisor;
            gradient[plane + pixel] += (double) dy[output] / divisor;
          }
        });
    Buffer y = on.unwritten(outputs);
    Buffer dx = on.unwritten(x.length);
    on.backend().avgPool2d(spec, on.of(x), y);
    on.backend().avgPool2dGradient(spec, on.of(dy), dx);
    assertClose(on.floats(y), expected);
    assertClose(on.floats(dx), gradient);
  }

  private static void assertClose(float[] actual, double[] expected) {
    for (int e = 0; e < expected.length; e++) {
      TestBackend.assertClose("element", e, actual[e], expected[e], 2e-6);
    }
  }

  /** What a window holds: the output's index, the plane's first element, the pixels inside it. */
  private interface Window {
    void visit(int output, int plane, List<Integer> pixels, int divisor);
  }

  private static void forEachWindow(Pool2dSpec s, Window window) {
    for (int output = 0; output < s.planes() * s.outPixels(); output++) {
      int top = output / s.outWidth() % s.outHeight() * s.strideHeight() - s.paddingHeight();
      int left = output % s.outWidth() * s.strideWidth() - s.paddingWidth();
      List<Integer> pixels = new ArrayList<>();
      int positions = 0;
      for (int h = top; h < top + s.kernelHeight(); h++) {
        for (int w = left; w < left + s.kernelWidth(); w++) {
          boolean inside = h >= 0 && h < s.inHeight() && w >= 0 && w < s.inWidth();
          if (inside) {
            pixels.add(h * s.inWidth() + w);
          }
          boolean padded =
              h < s.inHeight() + s.paddingHeight() && w < s.inWidth() + s.paddingWidth();
          positions += s.countIncludePad() ? (padded ? 1 : 0) : (inside ? 1 : 0);
        }
      }
      window.visit(output, output / s.outPixels() * s.inPixels(), pixels, positions);
    }
  }
}
