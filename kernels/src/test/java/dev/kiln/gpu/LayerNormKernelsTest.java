package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Layer norm against loops in double precision: rows of one element, of primes, as long as a team
 * of work-items keeps, and one longer; each by every team.
 */
class LayerNormKernelsTest {
  private static final float EPS = 1e-5f;

  /** Rows and their length. */
  private static final int[][] SHAPES = {
    {1, 1}, {0, 5}, {4, 0}, {3, 7}, {64, 10}, {5, 8}, {3, 9}, {7, 101}, {2, 511}, {3, 512},
    {2, 513}, {1, 2047}, {2, 2048}, {1, 2049}, {1, 2052}, {2, 4096}, {1, 4097}, {1, 4100}, {700, 12}
  };

  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  static Stream<Arguments> shapesAndTeams() {
    return TestBackend.everywhere()
        .flatMap(
            on ->
                RowPlan.candidates(on.cpuKernels()).stream()
                    .flatMap(
                        plan -> Stream.of(SHAPES).map(s -> Arguments.of(on, plan, s[0], s[1]))));
  }

  @ParameterizedTest
  @MethodSource("shapesAndTeams")
  void rowsFollowTheDefinitionByEveryTeam(TestBackend on, RowPlan plan, int rows, int n) {
    on.by(
        plan,
        () -> {
          checkForward(on, rows, n, null, null);
          checkForward(on, rows, n, TestBackend.random(n, 2), TestBackend.random(n, 3));
          checkBackward(on, rows, n, null, true, false);
          checkBackward(on, rows, n, TestBackend.random(n, 2), true, true);
          checkBackward(on, rows, n, TestBackend.random(n, 2), false, true);
        });
  }

  private static void checkForward(
      TestBackend on, int rows, int n, float @Nullable [] gamma, float @Nullable [] beta) {
    float[] x = values(rows, n);
    Buffer y = on.unwritten(rows * n);
    Buffer mean = on.unwritten(rows);
    Buffer invStd = on.unwritten(rows);
    Buffer slope = gamma == null ? null : on.of(gamma);
    Buffer shift = beta == null ? null : on.of(beta);
    on.backend().layerNorm(rows, n, EPS, on.of(x), slope, shift, y, mean, invStd);
    float[] actual = on.floats(y);
    float[] means = on.floats(mean);
    float[] inverses = on.floats(invStd);
    for (int row = 0; row < rows && n > 0; row++) {
      double center = mean(x, row, n);
      double inverse = inverse(x, row, n);
      TestBackend.assertClose("mean", row, means[row], center, 1e-6);
      TestBackend.assertClose("invStd", row, inverses[row], inverse, 2e-6 * inverse);
      for (int i = 0; i < n; i++) {
        double xhat = (x[row * n + i] - center) * inverse;
        double expected = xhat * (gamma == null ? 1 : gamma[i]) + (beta == null ? 0 : beta[i]);
        TestBackend.assertClose("y", row * n + i, actual[row * n + i], expected, 1e-5);
      }
    }
  }

  private static void checkBackward(
      TestBackend on, int rows, int n, float @Nullable [] gamma, boolean toX, boolean toWeights) {
    float[] x = values(rows, n);
    float[] dy = TestBackend.random(rows * n, 4);
    float[] mean = new float[rows];
    float[] invStd = new float[rows];
    double[] tilts = new double[n];
    double[] shifts = new double[n];
    double[] slopes = new double[rows * n];
    for (int row = 0; row < rows && n > 0; row++) {
      double center = mean(x, row, n);
      double inverse = inverse(x, row, n);
      mean[row] = (float) center;
      invStd[row] = (float) inverse;
      double g = 0;
      double h = 0;
      for (int i = 0; i < n; i++) {
        double xhat = (x[row * n + i] - center) * inverse;
        double d = dy[row * n + i] * (gamma == null ? 1 : gamma[i]);
        g += d / n;
        h += d * xhat / n;
        tilts[i] += dy[row * n + i] * xhat;
        shifts[i] += dy[row * n + i];
      }
      for (int i = 0; i < n; i++) {
        double xhat = (x[row * n + i] - center) * inverse;
        double d = dy[row * n + i] * (gamma == null ? 1 : gamma[i]);
        slopes[row * n + i] = inverse * (d - g - xhat * h);
      }
    }
    Buffer dx = toX ? on.unwritten(rows * n) : null;
    Buffer dgamma = toWeights ? on.unwritten(n) : null;
    Buffer dbeta = toWeights ? on.unwritten(n) : null;
    Buffer slope = gamma == null ? null : on.of(gamma);
    on.backend()
        .layerNormGradient(
            rows, n, on.of(x), on.of(dy), slope, on.of(mean), on.of(invStd), dx, dgamma, dbeta);
    assertAll(on, "dx", dx, slopes, 2e-5);
    assertAll(on, "dgamma", dgamma, tilts, 1e-5 * (1 + rows));
    assertAll(on, "dbeta", dbeta, shifts, 1e-6 * (1 + rows));
  }

  private static void assertAll(
      TestBackend on, String what, @Nullable Buffer actual, double[] expected, double allowed) {
    if (actual != null) {
      float[] values = on.floats(actual);
      for (int i = 0; i < expected.length; i++) {
        TestBackend.assertClose(what, i, values[i], expected[i], allowed);
      }
    }
  }

  /** Far from 0, where a variance that is a difference of squares has lost its digits. */
  private static float[] values(int rows, int n) {
    float[] x = TestBackend.random(rows * n, 1);
    for (int i = 0; i < x.length; i++) {
      x[i] += 4;
    }
    return x;
  }

  private static double mean(float[] x, int row, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[row * n + i];
    }
    return sum / n;
  }

  private static double inverse(float[] x, int row, int n) {
    double center = mean(x, row, n);
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += (x[row * n + i] - center) * (x[row * n + i] - center);
    }
    return 1 / Math.sqrt(squares / n + EPS);
  }
}
