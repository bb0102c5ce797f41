package dev.kiln.cpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tiles in plain Java, for a JVM without the Vector API: up to 16 rows of 64 columns, in loops that
 * C2 turns into vectors by itself.
 *
 * <p>It does so only where it sees that what is written is not read elsewhere in the loop, by the
 * same index in arrays of their own. So rows of the right operand are copied into such arrays, four
 * at a time, and the sums are arrays as well. Loops shorter than 64 would spend most of their time
 * before and after the vectors.
 */
final class ScalarTiles implements Tiles {
  private static final int ROWS = 16;
  private static final int LANES = 32;

  /** Rows of the right operand that a pass over the sums takes in. */
  private static final int AT_ONCE = 4;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public int heightFor(int wanted) {
    return wanted;
  }

  @Override
  public void tile(
      int height,
      int k,
      float[] a,
      int ao,
      float[] b,
      int b0,
      int b1,
      int[] places,
      int place,
      float[] s,
      int s0,
      int s1,
      int ss,
      float[] c,
      int c0,
      int c1,
      int cs) {
    float[][] lines = Scratch.ofThread().lines(AT_ONCE + ROWS, 2 * LANES);
    for (int r = 0; r < height; r++) {
      copyPair(s, s0 + r * ss, s1 + r * ss, lines[AT_ONCE + r]);
    }
    int p = 0;
    for (; p + AT_ONCE <= k; p += AT_ONCE) {
      for (int i = 0; i < AT_ONCE; i++) {
        int at = places[place + p + i];
        copyPair(b, b0 + at, b1 + at, lines[i]);
      }
      addFour(lines, 2 * LANES, height, a, ao + p * height);
    }
    for (; p < k; p++) {
      int at = places[place + p];
      copyPair(b, b0 + at, b1 + at, lines[0]);
      addOne(lines, 2 * LANES, height, a, ao + p * height);
    }
    for (int r = 0; r < height; r++) {
      float[] sums = lines[AT_ONCE + r];
      System.arraycopy(sums, 0, c, c0 + r * cs, LANES);
      System.arraycopy(sums, LANES, c, c1 + r * cs, LANES);
    }
  }

  @Override
  public void narrowTile(
      int height,
      int k,
      float[] a,
      int ao,
      float[] b,
      int b0,
      int[] places,
      int place,
      float[] s,
      int s0,
      int ss,
      float[] c,
      int c0,
      int cs) {
    float[][] lines = Scratch.ofThread().lines(AT_ONCE + ROWS, 2 * LANES);
    for (int r = 0; r < height; r++) {
      System.arraycopy(s, s0 + r * ss, lines[AT_ONCE + r], 0, LANES);
    }
    int p = 0;
    for (; p + AT_ONCE <= k; p += AT_ONCE) {
      for (int i = 0; i < AT_ONCE; i++) {
        System.arraycopy(b, b0 + places[place + p + i], lines[i], 0, LANES);
      }
      addFour(lines, LANES, height, a, ao + p * height);
    }
    for (; p < k; p++) {
      System.arraycopy(b, b0 + places[place + p], lines[0], 0, LANES);
      addOne(lines, LANES, height, a, ao + p * height);
    }
    for (int r = 0; r < height; r++) {
      System.arraycopy(lines[AT_ONCE + r], 0, c, c0 + r * cs, LANES);
    }
  }

  private static void copyPair(float[] source, int first, int second, float[] line) {
    if (second == first + LANES) {
      System.arraycopy(source, first, line, 0, 2 * LANES);
    } else {
      System.arraycopy(source, first, line, 0, LANES);
      System.arraycopy(source, second, line, LANES, LANES);
    }
  }

  /** Four rows of the right operand, the first lines, into each row of sums. */
  private static void addFour(float[][] lines, int width, int height, float[] a, int at) {
    float[] x0 = lines[0];
    float[] x1 = lines[1];
    float[] x2 = lines[2];
    float[] x3 = lines[3];
    for (int r = 0; r < height; r++) {
      int i = at + r;
      float a0 = a[i];
      float a1 = a[i + height];
      float a2 = a[i + 2 * height];
      float a3 = a[i + 3 * height];
      addRow(lines[AT_ONCE + r], x0, x1, x2, x3, a0, a1, a2, a3, width);
    }
  }

  private static void addRow(
      float[] sums,
      float[] x0,
      float[] x1,
      float[] x2,
      float[] x3,
      float a0,
      float a1,
      float a2,
      float a3,
      int width) {
    for (int j = 0; j < width; j++) {
      sums[j] = (((sums[j] + a0 * x0[j]) + a1 * x1[j]) + a2 * x2[j]) + a3 * x3[j];
    }
  }

  private static void addOne(float[][] lines, int width, int height, float[] a, int at) {
    for (int r = 0; r < height; r++) {
      addRow(lines[AT_ONCE + r], lines[0], a[at + r], width);
    }
  }

  private static void addRow(float[] sums, float[] x, float a, int width) {
    for (int j = 0; j < width; j++) {
      sums[j] += a * x[j];
    }
  }

  @Override
  public void copyRows(
      float[] source,
      int from,
      int step,
      int count,
      int width,
      float[] target,
      int to,
      int toStep) {
    for (int i = 0; i < count; i++) {
      int at = to + i * toStep;
      System.arraycopy(source, from + i * step, target, at, width);
      Arrays.fill(target, at + width, at + toStep, 0);
    }
  }

  @Override
  public void small(
      Matrix a, Matrix b, float @Nullable [] start, int startAt, float[] c, int cAt, int cEnd) {
    int n = b.columns();
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < n; j++) {
        float sum = start == null ? 0 : start[startAt + j];
        for (int p = 0; p < a.columns(); p++) {
          sum += a.data()[a.at(i, p)] * b.data()[b.at(p, j)];
        }
        c[cAt + i * n + j] = sum;
      }
    }
  }
}
