package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Rows;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code row_exps.h}: rows of infinities, of NaN and of ever greater elements, by teams of every
 * size, as long as these keep a row and longer.
 */
class RowExpsTest {
  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  static Stream<Arguments> plans() {
    return TestBackend.everywhere()
        .flatMap(on -> RowPlan.candidates(on.cpuKernels()).stream().map(p -> Arguments.of(on, p)));
  }

  /** In what a team keeps of a row, and in the rest, which it goes through once. */
  @ParameterizedTest
  @MethodSource("plans")
  void whatIsNoNumberTakesItsRowAlone(TestBackend on, RowPlan plan) {
    on.by(
        plan,
        () -> {
          for (int n : new int[] {5, 300, 5003}) {
            float[] x = TestBackend.random(2 * n, 8);
            for (int at : new int[] {0, n / 2, n - 2, n - 1}) {
              for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                float[] odder = x.clone();
                odder[at] = odd;
                checkNan(on, odder, n);
              }
            }
            Arrays.fill(x, 0, n, Float.NEGATIVE_INFINITY);
            checkNan(on, x, n);
          }
        });
  }

  private static void checkNan(TestBackend on, float[] x, int n) {
    Rows rows = new Rows(2, n, 1);
    Buffer y = on.unwritten(2 * n);
    Buffer logs = on.unwritten(2 * n);
    on.backend().softmax(rows, on.of(x), y);
    on.backend().logSoftmax(rows, on.of(x), logs);
    assertThat(nans(on.floats(y))).as("softmax").isEqualTo(range(0, n));
    assertThat(nans(on.floats(logs))).as("log-softmax").isEqualTo(range(0, n));
  }

  private static BitSet nans(float[] values) {
    BitSet found = new BitSet();
    for (int i = 0; i < values.length; i++) {
      found.set(i, Float.isNaN(values[i]));
    }
    return found;
  }

  private static BitSet range(int from, int to) {
    BitSet all = new BitSet();
    all.set(from, to);
    return all;
  }

  /** Whatever came before it, and whether or not there is anything else. */
  @ParameterizedTest
  @MethodSource("plans")
  void oneNumberAmongMinusInfinitiesHasItAll(TestBackend on, RowPlan plan) {
    on.by(
        plan,
        () -> {
          for (int n : new int[] {5, 300, 5003}) {
            Rows rows = new Rows(1, n, 1);
            for (int at : new int[] {0, n / 2, n - 1}) {
              float[] x = new float[n];
              Arrays.fill(x, Float.NEGATIVE_INFINITY);
              x[at] = -3;
              Buffer y = on.unwritten(n);
              Buffer loss = on.unwritten(1);
              on.backend().softmax(rows, on.of(x), y);
              on.backend()
                  .crossEntropy(
                      new CrossEntropySpec(rows, -1, 0),
                      on.of(x),
                      on.ofInts(new int[] {at}),
                      null,
                      loss,
                      on.unwritten(1));
              float[] expected = new float[n];
              expected[at] = 1;
              assertThat(on.floats(y)).as("%d of %d", at, n).containsExactly(expected);
              assertThat(on.floats(loss)[0]).isZero();
            }
          }
        });
  }

  /** Each element greater than all before it, and each less. */
  @ParameterizedTest
  @MethodSource("plans")
  void aRowMayClimbOrFall(TestBackend on, RowPlan plan) {
    on.by(
        plan,
        () -> {
          for (float step : new float[] {0.05f, -0.05f}) {
            int n = 5003;
            float[] x = new float[n];
            double sum = 0;
            for (int i = 0; i < n; i++) {
              x[i] = i * step;
            }
            float top = Math.max(x[0], x[n - 1]);
            for (float some : x) {
              sum += Math.exp((double) some - top);
            }
            Buffer y = on.unwritten(n);
            on.backend().softmax(new Rows(1, n, 1), on.of(x), y);
            float[] softmax = on.floats(y);
            for (int i = 0; i < n; i++) {
              double expected = Math.exp((double) x[i] - top) / sum;
              TestBackend.assertClose("softmax", i, softmax[i], expected, 1e-5 * expected + 1e-37);
            }
          }
        });
  }
}
