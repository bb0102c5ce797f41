package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Binary;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Unary;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The two providers compute the same, at lengths around whole vectors and at odd offsets. */
class LoopsTest {
  private static final int[] LENGTHS = {0, 1, 3, 7, 8, 15, 16, 17, 31, 64, 100, 2048, 5001};
  private static final int AT = 3;
  private static final float[] X = random(6000, 1);
  private static final float[] Y = random(6000, 2);

  private final Loops vector = new VectorLoops();
  private final Loops scalar = new ScalarLoops();

  /** Something that loops write into an array. */
  private interface Body {
    void run(Loops loops, float[] out, int n);
  }

  private void same(Body body) {
    for (int n : LENGTHS) {
      float[] expected = random(6000, 3);
      float[] actual = expected.clone();
      body.run(scalar, expected, n);
      body.run(vector, actual, n);
      for (int i = 0; i < expected.length; i++) {
        float tolerance = 2e-6f * Math.max(1, Math.abs(expected[i]));
        if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
          Float exactly = expected[i]; // NaN equals NaN
          assertThat(actual[i]).as("length %d, element %d", n, i).isEqualTo(exactly);
        }
      }
    }
  }

  @Test
  void unaryFunctionsAgree() {
    for (Unary.Function function : Unary.Function.values()) {
      Unary f = new Unary(function, 0.7f, 1.1f);
      same((loops, out, n) -> loops.unary(f, X, AT, out, AT + 1, n));
      same((loops, out, n) -> loops.unaryGradient(f, X, AT, Y, AT + 2, out, AT + 1, n));
    }
  }

  @Test
  void binaryFunctionsAgreeWithAndWithoutRepeatedOperands() {
    for (Binary f : Binary.values()) {
      for (int steps = 0; steps < 4; steps++) {
        int a = steps & 1;
        int b = steps >> 1;
        same((loops, out, n) -> loops.binary(f, X, AT, a, Y, AT + 1, b, out, AT, n));
      }
    }
  }

  @Test
  void scaledSumsAgree() {
    same((loops, out, n) -> loops.affine(0.3f, 1.7f, -0.2f, X, AT, out, AT, n));
    same((loops, out, n) -> loops.accumulate(1.3f, X, AT, out, AT, n));
    same((loops, out, n) -> loops.blend(0.7f, 0.3f, 1.1f, 0.5f, X, AT, Y, AT, out, AT, n));
    same((loops, out, n) -> loops.softmaxGradient(0.3f, X, AT, Y, AT + 1, out, AT, n));
  }

  @Test
  void whatIsBelowTheLargestOfAColumnAgrees() {
    for (int rows : new int[] {1, 2, 5, 32}) {
      for (float odd : new float[] {0, Float.NaN, Float.POSITIVE_INFINITY}) {
        same(
            (loops, out, n) -> {
              out[AT + 1] = odd;
              loops.belowMaximum(out, AT, 112, rows, Math.min(n & -16, 112));
            });
      }
    }
  }

  @Test
  void sumsOfRowsAgree() {
    same(
        (loops, out, n) -> {
          int width = Math.min(n, 64);
          float[] sums = new float[1 + width + 16];
          loops.sumRows(X, AT, 64, 7, sums, 1, width);
          System.arraycopy(sums, 1, out, AT + 1, width);
        });
  }

  @Test
  void lossesOfElementsAgree() {
    for (PairLoss.Function function : PairLoss.Function.values()) {
      PairLoss f = new PairLoss(function, 0.7f);
      same((loops, out, n) -> loops.pairLoss(f, X, AT, Y, AT + 1, out, AT, n));
      for (int step = 0; step < 2; step++) {
        int dyStep = step;
        same(
            (loops, out, n) ->
                loops.pairLossGradient(f, X, AT, Y, AT + 1, 0.3f, Y, AT, dyStep, out, AT, n));
      }
    }
  }

  @Test
  void sumsAgree() {
    same((loops, out, n) -> out[0] = (float) loops.sum(X, AT, n));
    same((loops, out, n) -> out[0] = (float) loops.dot(0.1f, X, AT, Y, AT + 1, n));
    same((loops, out, n) -> out[0] = (float) loops.centeredDot(0.1f, X, AT, Y, AT + 1, n));
    same((loops, out, n) -> out[0] = loops.max(X, AT, n));
  }

  @Test
  void exponentialsAndTheirSumAgree() {
    same((loops, out, n) -> loops.exp(0.5f, X, AT, out, AT, n));
    same((loops, out, n) -> out[0] = (float) loops.exp(0.5f, X, AT, new float[6000], AT, n));
  }

  @Test
  void nanAndInfinityGoThrough() {
    for (Loops loops : new Loops[] {vector, scalar}) {
      for (int at : new int[] {2, 33}) {
        float[] x = random(40, 1);
        x[at] = Float.NaN;
        float[] y = new float[40];
        for (Unary.Function f : Unary.Function.values()) {
          loops.unary(new Unary(f, 0.7f, 1.1f), x, 0, y, 0, 40);
          assertThat(y[at]).as("%s of NaN", f).isNaN();
        }
        loops.exp(0, x, 0, y, 0, 40);
        assertThat(y[at]).isNaN();
        assertThat(loops.max(x, 0, 40)).isNaN();
        assertThat(loops.sum(x, 0, 40)).isNaN();
        x[at] = Float.NEGATIVE_INFINITY;
        loops.unary(Unary.RELU, x, 0, y, 0, 40);
        assertThat(y[at]).isZero();
        assertThat(loops.sum(x, 0, 40)).isNegative().isInfinite();
      }
    }
  }

  @Test
  void longSumsKeepTheirDigits() {
    float[] x = new float[1 << 20];
    Arrays.fill(x, 0.1f);
    double expected = (double) 0.1f * x.length;
    for (Loops loops : new Loops[] {vector, scalar}) {
      assertThat(Math.abs(loops.sum(x, 0, x.length) / expected - 1)).isLessThan(1e-6);
    }
  }

  private static float[] random(int size, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (4 * random.nextDouble() - 2);
    }
    return values;
  }

  @Test
  void sumsOfShiftedRunsAgree() {
    int[] places = {0, 1, 30, 31, 61, 700, 3};
    for (int taps : new int[] {0, 1, 3, 4, 7}) {
      for (int n : new int[] {0, 64, 896, 4096}) {
        float[] expected = random(6000, 3);
        float[] actual = expected.clone();
        scalar.accumulateShifted(Y, 5, places, taps, X, expected, n);
        vector.accumulateShifted(Y, 5, places, taps, X, actual, n);
        assertThat(actual).usingComparatorWithPrecision(1e-5f).containsExactly(expected);
        double[] sums = new double[9];
        double[] same = new double[9];
        scalar.dotShifted(X, places, taps, Y, 3, n, sums, 2);
        vector.dotShifted(X, places, taps, Y, 3, n, same, 2);
        assertThat(same).usingComparatorWithPrecision(1e-3).containsExactly(sums);
      }
    }
  }
}
