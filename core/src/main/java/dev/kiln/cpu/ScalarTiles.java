package dev.kiln.cpu;

/** Register tiles in plain Java, 4 × 4, for a JVM without the Vector API. */
final class ScalarTiles implements Tiles {
  @Override
  public int rows() {
    return 4;
  }

  @Override
  public int columns() {
    return 4;
  }

  @Override
  public int heightFor(int wanted) {
    return 4;
  }

  @Override
  public void tile(
      int height,
      int width,
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int bs,
      float[] s,
      int so,
      int ss,
      float[] c,
      int co,
      int cs) {
    float c00 = s[so], c01 = s[so + 1], c02 = s[so + 2], c03 = s[so + 3];
    so += ss;
    float c10 = s[so], c11 = s[so + 1], c12 = s[so + 2], c13 = s[so + 3];
    so += ss;
    float c20 = s[so], c21 = s[so + 1], c22 = s[so + 2], c23 = s[so + 3];
    so += ss;
    float c30 = s[so], c31 = s[so + 1], c32 = s[so + 2], c33 = s[so + 3];
    for (int p = 0; p < k; p++) {
      float b0 = b[bo], b1 = b[bo + 1], b2 = b[bo + 2], b3 = b[bo + 3];
      bo += bs;
      float a0 = a[ao + 4 * p];
      c00 += a0 * b0;
      c01 += a0 * b1;
      c02 += a0 * b2;
      c03 += a0 * b3;
      float a1 = a[ao + 4 * p + 1];
      c10 += a1 * b0;
      c11 += a1 * b1;
      c12 += a1 * b2;
      c13 += a1 * b3;
      float a2 = a[ao + 4 * p + 2];
      c20 += a2 * b0;
      c21 += a2 * b1;
      c22 += a2 * b2;
      c23 += a2 * b3;
      float a3 = a[ao + 4 * p + 3];
      c30 += a3 * b0;
      c31 += a3 * b1;
      c32 += a3 * b2;
      c33 += a3 * b3;
    }
    c[co] = c00;
    c[co + 1] = c01;
    c[co + 2] = c02;
    c[co + 3] = c03;
    co += cs;
    c[co] = c10;
    c[co + 1] = c11;
    c[co + 2] = c12;
    c[co + 3] = c13;
    co += cs;
    c[co] = c20;
    c[co + 1] = c21;
    c[co + 2] = c22;
    c[co + 3] = c23;
    co += cs;
    c[co] = c30;
    c[co + 1] = c31;
    c[co + 2] = c32;
    c[co + 3] = c33;
  }

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void copyRuns(
      float[] source,
      int[] depths,
      int depth,
      int k,
      int[] runs,
      int runCount,
      float[] panel,
      int offset,
      int width) {
    for (int p = 0; p < k; p++) {
      int from = depths[depth + p];
      int to = offset + p * width;
      for (int r = 0; r < 2 * runCount; r += 2) {
        panel[to + runs[r + 1]] = source[from + runs[r]];
      }
    }
  }
}
