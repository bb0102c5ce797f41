package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Epilogue.Activation;
import dev.kiln.backend.GemmSpec;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every gemm kernel, chosen or not, at shapes around its tiles, against sums in double. */
final class GemmKernelsTest {
  /**
   * m, n, k: nothing to sum, single elements, primes, one below and above each tile; and of those
   * that are read four at a time the least, and some of each part of a tile and of a strip.
   */
  private static final int[][] SHAPES = {
    {1, 1, 0},
    {3, 5, 0},
    {1, 1, 1},
    {1, 1, 300},
    {9, 9, 9},
    {1, 130, 17},
    {130, 1, 17},
    {2, 67, 33},
    {31, 33, 255},
    {32, 32, 257},
    {63, 65, 16},
    {64, 64, 15},
    {127, 129, 8},
    {128, 128, 9},
    {97, 101, 103},
    {132, 8, 513},
    {5, 260, 40},
    {4, 4, 4},
    {8, 4, 0},
    {1, 4, 12},
    {60, 68, 16},
    {64, 64, 20},
    {132, 124, 28},
    {128, 256, 8},
    {65, 132, 44},
    {124, 33, 36},
    {260, 136, 7},
    {9, 34, 2100}
  };

  /** Single elements, vectors, tiles, and one more and less; and what tiles read four at a time. */
  private static final int[][] FINISHED = {
    {1, 1, 3},
    {2, 67, 33},
    {33, 17, 700},
    {9, 34, 2100},
    {63, 65, 16},
    {64, 64, 20},
    {132, 124, 28},
    {5, 8, 0}
  };

  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  private interface Way {
    void run(GemmSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c);
  }

  private record Variant(TestBackend on, String name, Predicate<GemmSpec> fits, Way way) {
    private Variant(TestBackend on, String name, Way way) {
      this(on, name, spec -> true, way);
    }

    @Override
    public String toString() {
      return on + ": " + name;
    }
  }

  static Stream<Variant> variants() {
    return TestBackend.allWithCuda().flatMap(GemmKernelsTest::variantsOn);
  }

  private static Stream<Variant> variantsOn(TestBackend on) {
    GpuBackend backend = (GpuBackend) on.backend();
    Variant chosen = new Variant(on, "chosen", backend::product);
    if (backend.cpuKernels()) {
      return Stream.concat(
          Stream.of(chosen),
          Stream.of(8, 16)
              .flatMap(lanes -> Stream.of(false, true).flatMap(large -> wide(on, lanes, large))));
    }
    return Stream.concat(
        Stream.of(chosen),
        Stream.of(GemmPlan.Method.values())
            .flatMap(method -> Stream.of(1, 3).map(splits -> new GemmPlan(method, splits)))
            .map(
                plan ->
                    new Variant(
                        on,
                        plan.toString(),
                        plan.method()::fits,
                        (spec, a, b, end, c) -> backend.product(plan, spec, a, b, end, c))));
  }

  private static Stream<Variant> wide(TestBackend on, int lanes, boolean large) {
    WideGemm wide = new WideGemm((GpuBackend) on.backend(), lanes, large);
    String by = " by " + lanes + " lanes" + (large ? ", large" : "");
    return Stream.of(
        new Variant(on, "packed" + by, GemmSpec::transposeA, wide::packed),
        new Variant(on, "in place" + by, wide::inPlace),
        new Variant(on, "thin" + by, wide::thin));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void multipliesAnyShapeInAnyLayout(Variant variant) {
    for (int[] shape : SHAPES) {
      for (boolean transposeA : List.of(false, true)) {
        for (boolean transposeB : List.of(false, true)) {
          check(
              variant,
              GemmSpec.of(shape[0], shape[1], shape[2], transposeA, transposeB),
              shape[0] % 2 == 0);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void multipliesBatchesAndSharesAnOperandOfStrideZero(Variant variant) {
    check(variant, new GemmSpec(7, 66, 35, false, false, 5, 7 * 35, 35 * 66), false);
    check(variant, new GemmSpec(33, 70, 21, false, false, 4, 0, 21 * 70), true);
    check(variant, new GemmSpec(33, 2, 21, true, true, 4, 33 * 21, 0), false);
    check(variant, new GemmSpec(3, 1, 4, false, true, 700, 12, 0), false);
    check(variant, new GemmSpec(68, 132, 20, false, false, 3, 68 * 20, 20 * 132), false);
    check(variant, new GemmSpec(9, 70, 12, false, true, 5, 0, 70 * 12), true);
    check(variant, new GemmSpec(73, 40, 12, true, false, 3, 73 * 12, 40 * 12), true);
    check(variant, new GemmSpec(70, 33, 9, true, true, 3, 0, 33 * 9), false);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void hasNothingToDoWhereAnExtentOfCIsZero(Variant variant) {
    check(variant, GemmSpec.of(0, 5, 3, false, false), false);
    check(variant, GemmSpec.of(5, 0, 3, false, true), false);
    check(variant, new GemmSpec(4, 4, 4, false, false, 0, 16, 16), false);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void givesTheSameBitsTwice(Variant variant) {
    GemmSpec spec = GemmSpec.of(72, 92, 1100, true, false);
    TestBackend on = variant.on();
    Buffer a = on.of(TestBackend.random(72 * 1100, 1));
    Buffer b = on.of(TestBackend.random(92 * 1100, 2));
    Buffer first = on.unwritten(72 * 92);
    Buffer second = on.unwritten(72 * 92);
    variant.way().run(spec, a, b, WriteBack.NONE, first);
    variant.way().run(spec, a, b, WriteBack.NONE, second);
    assertThat(on.floats(second)).containsExactly(on.floats(first));
    Stream.of(a, b, first, second).forEach(on.backend()::release);
  }

  /** What is done on the way to memory has the bits of the same in passes of its own. */
  @ParameterizedTest
  @MethodSource("variants")
  void finishesEachNumberAsSeparatePassesWould(Variant variant) {
    for (int[] shape : FINISHED) {
      for (Activation activation : Activation.values()) {
        GemmSpec spec = GemmSpec.of(shape[0], shape[1], shape[2], false, true);
        checkFinish(variant, spec, activation, false, shape[0] % 2 == 0);
        checkFinish(variant, spec, activation, true, shape[0] % 2 == 0);
      }
    }
    GemmSpec batch = new GemmSpec(9, 70, 12, false, true, 5, 9 * 12, 70 * 12);
    checkFinish(variant, batch, Activation.GELU, true, true);
    checkFinish(variant, batch, Activation.RELU, false, false);
    GemmSpec transposed = new GemmSpec(73, 40, 12, true, false, 2, 0, 40 * 12);
    checkFinish(variant, transposed, Activation.GELU, true, true);
    checkFinish(variant, transposed, Activation.RELU, false, false);
  }

  private static void checkFinish(
      Variant variant, GemmSpec spec, Activation activation, boolean residual, boolean biasDown) {
    if (!variant.fits().test(spec)) {
      return;
    }
    TestBackend on = variant.on();
    int count = spec.strideC() * spec.batch();
    Buffer a =
        on.of(TestBackend.random(reach(spec.batch(), spec.strideA(), spec.m() * spec.k()), 3));
    Buffer b =
        on.of(TestBackend.random(reach(spec.batch(), spec.strideB(), spec.k() * spec.n()), 4));
    Buffer bias = on.of(TestBackend.random(biasDown ? spec.m() : spec.n(), 5));
    Buffer more = on.of(TestBackend.random(count, 6));
    Buffer together = on.unwritten(count);
    Buffer apart = on.unwritten(count);
    variant
        .way()
        .run(
            spec,
            a,
            b,
            new WriteBack(bias, biasDown, residual ? more : null, activation),
            together);
    variant.way().run(spec, a, b, new WriteBack(bias, biasDown, null, Activation.NONE), apart);
    on.inPasses(apart, residual ? more : null, activation);
    assertThat(on.floats(together))
        .as("%s, %s, %s%s", variant, spec, residual ? "residual, " : "", activation)
        .containsExactly(on.floats(apart));
    Stream.of(a, b, bias, more, together, apart).forEach(on.backend()::release);
  }

  /** With a bias and without one. */
  private static void check(Variant variant, GemmSpec spec, boolean biasDown) {
    if (!variant.fits().test(spec)) {
      return;
    }
    TestBackend on = variant.on();
    float[] a = TestBackend.random(reach(spec.batch(), spec.strideA(), spec.m() * spec.k()), 3);
    float[] b = TestBackend.random(reach(spec.batch(), spec.strideB(), spec.k() * spec.n()), 4);
    float[] bias = TestBackend.random(biasDown ? spec.m() : spec.n(), 5);
    Buffer onA = on.of(a);
    Buffer onB = on.of(b);
    Buffer onBias = on.of(bias);
    Buffer c = on.unwritten(spec.strideC() * spec.batch());
    variant.way().run(spec, onA, onB, new WriteBack(onBias, biasDown, null, Activation.NONE), c);
    compare(variant, spec, a, b, bias, biasDown, on.floats(c));
    on.backend().fill(c, Float.NaN);
    variant.way().run(spec, onA, onB, WriteBack.NONE, c);
    compare(variant, spec, a, b, null, biasDown, on.floats(c));
    Stream.of(onA, onB, onBias, c).forEach(on.backend()::release);
  }

  private static int reach(int batch, int stride, int matrix) {
    return batch == 0 ? 0 : (batch - 1) * stride + matrix;
  }

  private static void compare(
      Variant variant,
      GemmSpec spec,
      float[] a,
      float[] b,
      float @Nullable [] bias,
      boolean biasDown,
      float[] c) {
    int m = spec.m();
    int n = spec.n();
    int k = spec.k();
    for (int at = 0; at < c.length; at++) {
      int i = at / n % m;
      int j = at % n;
      int fromA = at / (m * n) * spec.strideA();
      int fromB = at / (m * n) * spec.strideB();
      double sum = bias == null ? 0 : bias[biasDown ? i : j];
      double size = Math.abs(sum);
      for (int p = 0; p < k; p++) {
        double product =
            (double) a[fromA + (spec.transposeA() ? p * m + i : i * k + p)]
                * b[fromB + (spec.transposeB() ? j * k + p : p * n + j)];
        sum += product;
        size += Math.abs(product);
      }
      if (!(Math.abs(c[at] - sum) <= 1e-6 * size + 1e-7)) {
        assertThat((double) c[at]).as("%s, %s, C[%d, %d]", variant, spec, i, j).isEqualTo(sum);
      }
    }
  }
}
