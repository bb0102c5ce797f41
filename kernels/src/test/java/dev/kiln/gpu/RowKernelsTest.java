package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Rows;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sums, maxima, softmax and cross entropy along rows, against loops in double precision. The shapes
 * take every variant to its edges: rows shorter and longer than a section, a group, a vector.
 */
class RowKernelsTest {
  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  static Stream<TestBackend> backends() {
    return TestBackend.everywhere();
  }

  static Stream<Arguments> rows() {
    Rows[] rows = {
      new Rows(1, 1, 1),
      new Rows(3, 7, 1),
      new Rows(2, 0, 3),
      new Rows(0, 5, 2),
      new Rows(64, 10, 1),
      new Rows(5, 33, 1),
      new Rows(3, 17, 3),
      new Rows(2, 63, 16),
      new Rows(2, 65, 31),
      new Rows(3, 257, 33),
      new Rows(2, 513, 1),
      new Rows(9, 8, 1),
      new Rows(3, 9, 1),
      new Rows(1, 1031, 3),
      new Rows(2, 2048, 1),
      new Rows(1, 2052, 1),
      new Rows(2, 4096, 1),
      new Rows(1, 4097, 1),
      new Rows(1, 4100, 1),
      new Rows(700, 37, 1),
      new Rows(1, 2053, 40),
      new Rows(2, 20_011, 1),
      new Rows(1, 300_007, 1)
    };
    return TestBackend.everywhere().flatMap(b -> Stream.of(rows).map(r -> Arguments.of(b, r)));
  }

  static Stream<Arguments> filledRows() {
    return rows().filter(arguments -> ((Rows) arguments.get()[1]).n() > 0);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void sumsAreThoseOfDoublePrecision(TestBackend on, Rows rows) {
    float[] x = TestBackend.random(rows.count() * rows.n(), 1);
    Buffer y = on.unwritten(rows.count());
    on.backend().sum(rows, 0.25f, on.of(x), y);
    float[] sums = on.floats(y);
    for (int row = 0; row < rows.count(); row++) {
      double sum = 0;
      double size = 0;
      for (int i = 0; i < rows.n(); i++) {
        sum += x[at(rows, row, i)];
        size += Math.abs(x[at(rows, row, i)]);
      }
      assertThat((double) sums[row]).as("row %d", row).isCloseTo(sum / 4, within(1e-7 * size));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theErrorOfAMillionOnesAndSmallsStaysSmall(TestBackend on) {
    float[] x = new float[1_000_003];
    double exact = 0;
    for (int i = 0; i < x.length; i++) {
      x[i] = 0.1f + (i % 7) * 1e-3f;
      exact += x[i];
    }
    Buffer y = on.unwritten(1);
    on.backend().sum(new Rows(1, x.length, 1), 1, on.of(x), y);
    assertThat((double) on.floats(y)[0]).isCloseTo(exact, within(2e-6 * exact));
  }

  @ParameterizedTest
  @MethodSource("filledRows")
  void maximaAreTheFirstOfEquals(TestBackend on, Rows rows) {
    float[] x = TestBackend.random(rows.count() * rows.n(), 2);
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.round(x[i] * 20); // ties in every row that is not short
    }
    Buffer values = on.unwritten(rows.count());
    Buffer indices = on.unwrittenInts(rows.count());
    on.backend().max(rows, on.of(x), values, indices);
    assertMaxima(on, rows, x, values, indices);
  }

  @ParameterizedTest
  @MethodSource("filledRows")
  void theFirstNanIsTheMaximum(TestBackend on, Rows rows) {
    float[] x = TestBackend.random(rows.count() * rows.n(), 3);
    for (int row = 0; row < rows.count(); row++) {
      x[at(rows, row, rows.n() / 2)] = Float.NaN;
      x[at(rows, row, rows.n() - 1)] = Float.NaN;
    }
    Buffer values = on.unwritten(rows.count());
    Buffer indices = on.unwrittenInts(rows.count());
    on.backend().max(rows, on.of(x), values, indices);
    assertMaxima(on, rows, x, values, indices);
  }

  @ParameterizedTest
  @MethodSource("filledRows")
  void minusInfinityIsAMaximumWhereThereIsNothingElse(TestBackend on, Rows rows) {
    float[] x = new float[rows.count() * rows.n()];
    java.util.Arrays.fill(x, Float.NEGATIVE_INFINITY);
    Buffer values = on.unwritten(rows.count());
    Buffer indices = on.unwrittenInts(rows.count());
    on.backend().max(rows, on.of(x), values, indices);
    assertMaxima(on, rows, x, values, indices);
  }

  private static void assertMaxima(
      TestBackend on, Rows rows, float[] x, Buffer values, Buffer indices) {
    float[] expected = new float[rows.count()];
    int[] places = new int[rows.count()];
    for (int row = 0; row < rows.count(); row++) {
      int best = 0;
      for (int i = 1; i < rows.n(); i++) {
        float value = x[at(rows, row, i)];
        float top = x[at(rows, row, best)];
        if (value > top || (Float.isNaN(value) && !Float.isNaN(top))) {
          best = i;
        }
      }
      expected[row] = x[at(rows, row, best)];
      places[row] = best;
    }
    assertThat(on.ints(indices)).isEqualTo(places);
    assertThat(on.floats(values)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void scatterWritesOneElementARowAndZerosElsewhere(TestBackend on, Rows rows) {
    int[] indices = new int[rows.n() == 0 ? 0 : rows.count()];
    float[] dy = TestBackend.random(indices.length, 4);
    float[] expected = new float[rows.count() * rows.n()];
    for (int row = 0; row < indices.length; row++) {
      indices[row] = (row * 31 + 3) % rows.n();
      expected[at(rows, row, indices[row])] = dy[row];
    }
    Buffer dx = on.unwritten(expected.length);
    on.backend().scatter(rows, on.ofInts(indices), on.of(dy), dx);
    assertThat(on.floats(dx)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void softmaxAndItsLogarithmFollowTheDefinition(TestBackend on, Rows rows) {
    float[] x = scores(rows);
    Buffer given = on.of(x);
    Buffer y = on.unwritten(x.length);
    Buffer logs = on.unwritten(x.length);
    on.backend().softmax(rows, given, y);
    on.backend().logSoftmax(rows, given, logs);
    float[] softmax = on.floats(y);
    float[] logSoftmax = on.floats(logs);
    for (int row = 0; row < rows.count(); row++) {
      double logSum = logSum(rows, x, row);
      for (int i = 0; i < rows.n(); i++) {
        int e = at(rows, row, i);
        double p = Math.exp(x[e] - logSum);
        TestBackend.assertClose("softmax", e, softmax[e], p, 2e-6 * p + 1e-30);
        TestBackend.assertClose("log-softmax", e, logSoftmax[e], x[e] - logSum, 2e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void softmaxGradientsFollowTheDefinition(TestBackend on, Rows rows) {
    float[] x = scores(rows);
    float[] dy = TestBackend.random(x.length, 6);
    float[] y = new float[x.length];
    float[] logs = new float[x.length];
    for (int row = 0; row < rows.count(); row++) {
      double logSum = logSum(rows, x, row);
      for (int i = 0; i < rows.n(); i++) {
        int e = at(rows, row, i);
        logs[e] = (float) (x[e] - logSum);
        y[e] = (float) Math.exp(x[e] - logSum);
      }
    }
    Buffer dx = on.unwritten(x.length);
    Buffer dxOfLogs = on.unwritten(x.length);
    on.backend().softmaxGradient(rows, on.of(y), on.of(dy), dx);
    on.backend().logSoftmaxGradient(rows, on.of(logs), on.of(dy), dxOfLogs);
    float[] gradient = on.floats(dx);
    float[] gradientOfLogs = on.floats(dxOfLogs);
    for (int row = 0; row < rows.count(); row++) {
      double dot = 0;
      double sum = 0;
      for (int i = 0; i < rows.n(); i++) {
        int e = at(rows, row, i);
        dot += (double) dy[e] * y[e];
        sum += dy[e];
      }
      for (int i = 0; i < rows.n(); i++) {
        int e = at(rows, row, i);
        TestBackend.assertClose("dx", e, gradient[e], y[e] * (dy[e] - dot), 1e-6 * y[e]);
        double expected = dy[e] - Math.exp(logs[e]) * sum;
        double allowed = 2e-6 * (1 + y[e] * 100);
        TestBackend.assertClose("dx of logs", e, gradientOfLogs[e], expected, allowed);
      }
    }
  }

  /** Rows of one element, of primes, as long as a work-item and as a team keeps, and one longer. */
  static Stream<Arguments> teams() {
    Rows[] rows = {
      new Rows(2, 0, 3),
      new Rows(3, 1, 1),
      new Rows(9, 16, 1),
      new Rows(9, 17, 1),
      new Rows(5, 31, 3),
      new Rows(300, 12, 1),
      new Rows(2, 64, 33),
      new Rows(2, 65, 31),
      new Rows(3, 256, 1),
      new Rows(3, 260, 1),
      new Rows(2, 1021, 2),
      new Rows(1, 4096, 1),
      new Rows(1, 4099, 1)
    };
    return TestBackend.everywhere()
        .flatMap(
            on ->
                RowPlan.candidates(on.cpuKernels()).stream()
                    .flatMap(plan -> Stream.of(rows).map(r -> Arguments.of(on, plan, r))));
  }

  @ParameterizedTest
  @MethodSource("teams")
  void rowsFollowTheDefinitionByEveryTeam(TestBackend on, RowPlan plan, Rows rows) {
    on.by(
        plan,
        () -> {
          softmaxAndItsLogarithmFollowTheDefinition(on, rows);
          softmaxGradientsFollowTheDefinition(on, rows);
          if (rows.n() > 0) {
            checkCrossEntropy(on, new CrossEntropySpec(rows, 2, 0), false);
            checkCrossEntropy(on, new CrossEntropySpec(rows, 2, 0.1f), true);
          }
        });
  }

  static Stream<Arguments> losses() {
    Rows[] rows = {
      new Rows(1, 1, 1),
      new Rows(64, 10, 1),
      new Rows(3, 5, 7),
      new Rows(0, 5, 1),
      new Rows(2, 33, 40),
      new Rows(5, 1000, 1),
      new Rows(2, 257, 3)
    };
    return TestBackend.everywhere()
        .flatMap(
            b ->
                Stream.of(rows)
                    .flatMap(r -> Stream.of(0f, 0.1f, 1f).map(s -> Arguments.of(b, r, s))));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void crossEntropyFollowsTheDefinition(TestBackend on, Rows rows, float smoothing) {
    for (boolean weighted : new boolean[] {false, true}) {
      checkCrossEntropy(on, new CrossEntropySpec(rows, 2, smoothing), weighted);
    }
  }

  private static void checkCrossEntropy(TestBackend on, CrossEntropySpec spec, boolean weighted) {
    Rows rows = spec.rows();
    int classes = rows.n();
    float[] x = scores(rows);
    float[] w = TestBackend.random(classes, 9);
    for (int c = 0; c < classes; c++) {
      w[c] = weighted ? w[c] + 1.5f : 1;
    }
    int[] target = new int[rows.count()];
    for (int row = 0; row < target.length; row++) {
      target[row] = (row * 7 + 1) % classes;
    }
    float[] dy = TestBackend.random(rows.count(), 10);

    Buffer loss = on.unwritten(rows.count());
    Buffer counted = on.unwritten(rows.count());
    Buffer dx = on.unwritten(x.length);
    Buffer dxOfMean = on.unwritten(x.length);
    Buffer weight = weighted ? on.of(w) : null;
    on.backend().crossEntropy(spec, on.of(x), on.ofInts(target), weight, loss, counted);
    on.backend()
        .crossEntropyGradient(spec, on.of(x), on.ofInts(target), weight, on.of(dy), null, dx);
    on.backend()
        .crossEntropyGradient(
            spec, on.of(x), on.ofInts(target), weight, on.of(3), on.of(8), dxOfMean);

    float[] losses = on.floats(loss);
    float[] counts = on.floats(counted);
    float[] gradient = on.floats(dx);
    float[] gradientOfMean = on.floats(dxOfMean);
    double e = spec.labelSmoothing();
    for (int row = 0; row < rows.count(); row++) {
      double logSum = logSum(rows, x, row);
      int t = target[row];
      boolean ignored = t == spec.ignoreIndex();
      double all = 0;
      double spread = 0;
      for (int c = 0; c < classes; c++) {
        all += w[c];
        spread += w[c] * (x[at(rows, row, c)] - logSum);
      }
      double expected =
          -(1 - e) * w[t] * (x[at(rows, row, t)] - logSum) - (e == 0 ? 0 : e / classes * spread);
      assertThat((double) losses[row])
          .isCloseTo(ignored ? 0 : expected, within(2e-6 * (1 + Math.abs(expected))));
      assertThat(counts[row]).isEqualTo(ignored ? 0 : w[t]);
      for (int c = 0; c < classes; c++) {
        int at = at(rows, row, c);
        double p = Math.exp(x[at] - logSum);
        double slope = (1 - e) * w[t] * (p - (c == t ? 1 : 0)) + e / classes * (p * all - w[c]);
        double allowed = 5e-6 * (1 + e * all / classes);
        assertThat((double) gradient[at]).isCloseTo(ignored ? 0 : dy[row] * slope, within(allowed));
        assertThat((double) gradientOfMean[at])
            .isCloseTo(ignored ? 0 : 3. / 8 * slope, within(allowed));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aWeightedMeanFollowsTheDefinition(TestBackend on) {
    for (int n : new int[] {0, 1, 3, 255, 256, 257, 8192, 8193, 20_011}) {
      float[] losses = TestBackend.random(n, 1);
      float[] counted = TestBackend.random(n, 2);
      double sum = 0;
      double weights = 0;
      for (int i = 0; i < n; i++) {
        counted[i] = Math.abs(counted[i]);
        sum += losses[i];
        weights += counted[i];
      }
      Buffer mean = on.unwritten(1);
      Buffer divisor = on.unwritten(1);
      on.backend().weightedMean(on.of(losses), on.of(counted), mean, divisor);
      assertThat((double) on.floats(divisor)[0])
          .as("%d samples", n)
          .isCloseTo(weights, within(1e-6 * weights));
      if (n == 0) {
        assertThat(on.floats(mean)[0]).isNaN();
      } else {
        double bound = 1e-6 * n / weights;
        assertThat((double) on.floats(mean)[0])
            .as("%d samples", n)
            .isCloseTo(sum / weights, within(bound));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void anImpossibleClassDoesNotSpoilALossWithoutSmoothing(TestBackend on) {
    Buffer loss = on.unwritten(1);
    on.backend()
        .crossEntropy(
            new CrossEntropySpec(new Rows(1, 3, 1), -100, 0),
            on.of(0, Float.NEGATIVE_INFINITY, 0),
            on.ofInts(0),
            null,
            loss,
            on.unwritten(1));
    assertThat(on.floats(loss)[0]).isCloseTo((float) Math.log(2), within(1e-6f));
  }

  private static int at(Rows rows, int row, int i) {
    return (row / rows.inner() * rows.n() + i) * rows.inner() + row % rows.inner();
  }

  private static float[] scores(Rows rows) {
    float[] x = TestBackend.random(rows.count() * rows.n(), 5);
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] * 8 + 90; // exp of 98 is no float
    }
    return x;
  }

  private static double logSum(Rows rows, float[] x, int row) {
    double sum = 0;
    for (int i = 0; i < rows.n(); i++) {
      sum += Math.exp(x[at(rows, row, i)] - 90.0);
    }
    return Math.log(sum) + 90;
  }
}
