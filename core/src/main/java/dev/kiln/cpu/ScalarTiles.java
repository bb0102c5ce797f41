package dev.kiln.cpu;

import java.util.Arrays;

/** Register tiles in plain Java, 4 × 4, for a JVM without the Vector API. */
final class ScalarTiles implements Tiles {
  @Override
  public int rows() {
    return 4;
  }

  @Override
  public int lanes() {
    return 2;
  }

  @Override
  public int heightFor(int wanted) {
    return 4;
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
    float c00 = s[s0], c01 = s[s0 + 1], c02 = s[s1], c03 = s[s1 + 1];
    float c10 = s[s0 + ss], c11 = s[s0 + ss + 1], c12 = s[s1 + ss], c13 = s[s1 + ss + 1];
    s0 += 2 * ss;
    s1 += 2 * ss;
    float c20 = s[s0], c21 = s[s0 + 1], c22 = s[s1], c23 = s[s1 + 1];
    float c30 = s[s0 + ss], c31 = s[s0 + ss + 1], c32 = s[s1 + ss], c33 = s[s1 + ss + 1];
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      float x0 = b[b0 + at], x1 = b[b0 + at + 1], x2 = b[b1 + at], x3 = b[b1 + at + 1];
      float a0 = a[ao + 4 * p];
      c00 += a0 * x0;
      c01 += a0 * x1;
      c02 += a0 * x2;
      c03 += a0 * x3;
      float a1 = a[ao + 4 * p + 1];
      c10 += a1 * x0;
      c11 += a1 * x1;
      c12 += a1 * x2;
      c13 += a1 * x3;
      float a2 = a[ao + 4 * p + 2];
      c20 += a2 * x0;
      c21 += a2 * x1;
      c22 += a2 * x2;
      c23 += a2 * x3;
      float a3 = a[ao + 4 * p + 3];
      c30 += a3 * x0;
      c31 += a3 * x1;
      c32 += a3 * x2;
      c33 += a3 * x3;
    }
    c[c0] = c00;
    c[c0 + 1] = c01;
    c[c1] = c02;
    c[c1 + 1] = c03;
    c[c0 + cs] = c10;
    c[c0 + cs + 1] = c11;
    c[c1 + cs] = c12;
    c[c1 + cs + 1] = c13;
    c0 += 2 * cs;
    c1 += 2 * cs;
    c[c0] = c20;
    c[c0 + 1] = c21;
    c[c1] = c22;
    c[c1 + 1] = c23;
    c[c0 + cs] = c30;
    c[c0 + cs + 1] = c31;
    c[c1 + cs] = c32;
    c[c1 + cs + 1] = c33;
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
    for (int r = 0; r < 4; r++) {
      for (int j = 0; j < 2; j++) {
        float sum = s[s0 + r * ss + j];
        for (int p = 0; p < k; p++) {
          sum += a[ao + 4 * p + r] * b[b0 + places[place + p] + j];
        }
        c[c0 + r * cs + j] = sum;
      }
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
}
