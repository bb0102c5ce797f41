package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixProductTest {
  private static final Workers ONE = new Workers(1);
  private static final Workers TWO = new Workers(2);
  private static final Workers FIVE = new Workers(5);

  @AfterAll
  static void endThreads() {
    TWO.close();
    FIVE.close();
  }

  private static MatrixProduct product(String tiles, Workers workers) {
    return new MatrixProduct(
        tiles.equals("vector") ? new VectorTiles() : new ScalarTiles(), workers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void awkwardSizesMatchDoublePrecisionHoweverTheyAreStored(String tiles) {
    int[] extents = {1, 2, 3, 5, 8, 13, 14, 15, 17, 31, 33, 65};
    int variant = 0;
    for (int m : extents) {
      for (int n : extents) {
        for (int k : new int[] {1, 2, 7, 32}) {
          boolean transposeA = (variant & 1) != 0;
          boolean transposeB = (variant & 2) != 0;
          Start.Kind kind = Start.Kind.values()[variant++ / 4 % 4];
          check(product(tiles, ONE), m, n, k, transposeA, transposeB, kind);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void smallProductsGiveTheBitsOfTilesAndWriteNowhereElse(String tiles) {
    MatrixProduct product = product(tiles, ONE);
    SplittableRandom random = new SplittableRandom(5);
    for (int m : new int[] {1, 2, 5, 7, 16, 17}) {
      for (int n : new int[] {1, 2, 5, 15, 16, 17, 33}) {
        for (int k : new int[] {0, 1, 5, 16, 17}) {
          for (int kind = 0; kind < 16; kind++) {
            Matrix a = some(random, m, k, (kind & 1) != 0);
            Matrix b = some(random, k, n, (kind & 2) != 0);
            float[] bias = some(random, 1, n + 1, false).data();
            boolean biased = (kind & 4) != 0;
            int room = (kind & 8) != 0 ? 16 : 0;
            float[] expected = new float[m * n + 2];
            Start start = biased ? Start.perColumn(bias, 1) : Start.ZERO;
            product.multiply(a, b, Matrix.dense(expected, 2, m, n), start);
            float[] actual = new float[2 + m * n + room];
            float[] starts = biased ? bias : null;
            product.tiles().small(a, b, starts, 1, actual, 2, actual.length);
            assertThat(Arrays.copyOf(actual, expected.length)).isEqualTo(expected);
          }
        }
      }
    }
  }

  private static Matrix some(SplittableRandom random, int rows, int columns, boolean transposed) {
    float[] data = new float[rows * columns + 3];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextDouble(-1, 1);
    }
    return transposed
        ? Matrix.dense(data, 3, columns, rows).transposed()
        : Matrix.dense(data, 3, rows, columns);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void largeProductsMatchWhateverIsCutIntoBlocks(String tiles) {
    for (Start.Kind kind : Start.Kind.values()) {
      check(product(tiles, TWO), 129, 97, 131, false, true, kind);
      check(product(tiles, TWO), 3, 37, 7001, true, false, kind);
    }
    check(product(tiles, TWO), 1031, 40, 1200, false, false, Start.Kind.ZERO);
    check(product(tiles, TWO), 17, 2100, 2500, false, false, Start.Kind.BIAS_PER_ROW);
  }

  @Test
  void nothingToSumLeavesTheStart() {
    float[] c = {5, 6, 7, 8};
    Matrix result = Matrix.dense(c, 0, 2, 2);
    Matrix a = Matrix.dense(new float[0], 0, 2, 0);
    Matrix b = Matrix.dense(new float[0], 0, 0, 2);
    product("vector", ONE).multiply(a, b, result, Start.RESULT);
    assertThat(c).containsExactly(5, 6, 7, 8);
    product("vector", ONE).multiply(a, b, result, Start.perColumn(new float[] {1, 2}, 0));
    assertThat(c).containsExactly(1, 2, 1, 2);
    product("vector", ONE).multiply(a, b, result, Start.ZERO);
    assertThat(c).containsOnly(0);
  }

  @Test
  void noRowsOrNoColumnsTouchNothing() {
    float[] c = {5};
    Matrix none = Matrix.dense(new float[4], 0, 0, 2);
    Matrix some = Matrix.dense(new float[4], 0, 2, 2);
    MatrixProduct product = product("vector", ONE);
    product.multiply(none, some, Matrix.dense(c, 0, 0, 2), Start.ZERO);
    product.multiply(some, none.transposed(), Matrix.dense(c, 0, 2, 0), Start.ZERO);
    assertThat(c).containsExactly(5);
  }

  @Test
  void aZeroTimesNanOrInfinityIsNan() {
    for (String tiles : new String[] {"vector", "scalar"}) {
      float[] b = {Float.NaN, 1, Float.POSITIVE_INFINITY};
      float[] c = new float[3];
      product(tiles, ONE)
          .multiply(
              Matrix.dense(new float[] {0}, 0, 1, 1),
              Matrix.dense(b, 0, 1, 3),
              Matrix.dense(c, 0, 1, 3),
              Start.ZERO);
      assertThat(c).containsExactly(Float.NaN, 0, Float.NaN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void theNumberOfThreadsChangesNoBit(String tiles) {
    for (int[] s : new int[][] {{300, 200, 100}, {31, 500, 800}, {500, 9, 900}, {14, 32, 5000}}) {
      float[] a = random(s[0] * s[2], 1);
      float[] b = random(s[2] * s[1], 2);
      float[][] results = new float[3][s[0] * s[1]];
      Workers[] teams = {ONE, TWO, FIVE};
      for (int i = 0; i < teams.length; i++) {
        product(tiles, teams[i])
            .multiply(
                Matrix.dense(a, 0, s[0], s[2]),
                Matrix.dense(b, 0, s[1], s[2]).transposed(),
                Matrix.dense(results[i], 0, s[0], s[1]),
                Start.ZERO);
      }
      assertThat(results[1]).isEqualTo(results[0]);
      assertThat(results[2]).isEqualTo(results[0]);
    }
  }

  /** Operands and result lie inside larger arrays, whose other elements must not change. */
  private static void check(
      MatrixProduct product,
      int m,
      int n,
      int k,
      boolean transposeA,
      boolean transposeB,
      Start.Kind kind) {
    Matrix a = matrix(m, k, transposeA, 1);
    Matrix b = matrix(k, n, transposeB, 2);
    Matrix c = matrix(m, n, false, 3);
    float[] before = c.data().clone();
    float[] bias = random(Math.max(m, n) + 3, 4);
    Start start =
        kind == Start.Kind.BIAS_PER_ROW
            ? Start.perRow(bias, 3, m, product.tiles().columns())
            : new Start(kind, bias, 3);
    product.multiply(a, b, c, start);
    float[] expected = before.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float[] first = new float[1];
        start.fill(i, j, before, c.at(i, j), 1, first, 0);
        double sum = first[0];
        for (int p = 0; p < k; p++) {
          sum += (double) a.data()[a.at(i, p)] * b.data()[b.at(p, j)];
        }
        expected[c.at(i, j)] = (float) sum;
      }
    }
    String what = m + " x " + n + " x " + k + " " + transposeA + transposeB + " " + kind;
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(c.data()[i] - expected[i]) <= 1e-7 * (k + 8))) {
        assertThat(c.data()[i]).as("%s, at %d", what, i).isEqualTo(expected[i]);
      }
    }
  }

  private static Matrix matrix(int rows, int columns, boolean transposed, int seed) {
    if (transposed) {
      return matrix(columns, rows, false, seed).transposed();
    }
    int stride = columns + 3;
    return new Matrix(random(rows * stride + 5, seed), 5, rows, columns, stride, 1);
  }

  private static float[] random(int size, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }
}
