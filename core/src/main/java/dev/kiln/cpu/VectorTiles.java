package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles in the Vector API: rows × two vectors.
 *
 * <p>With 32 vector registers (AVX-512, NEON) a tile of 14 × 2 vectors leaves four for the
 * operands; with 16 (AVX, SSE) the tallest that fits is 6 × 2. The bodies are written out because
 * C2 keeps only local variables in registers, and each has a single store path: a second one passes
 * C2's inlining budget, boxes every vector and runs a hundred times slower.
 */
final class VectorTiles implements Tiles {

  private final int rows;

  VectorTiles() {
    boolean manyRegisters =
        SPECIES.vectorBitSize() == 512 || System.getProperty("os.arch", "").equals("aarch64");
    rows = manyRegisters ? 14 : 6;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return 2 * LANES;
  }

  @Override
  public int heightFor(int wanted) {
    if (wanted == 1) return 1;
    if (wanted <= 4) return 4;
    if (wanted <= 6 && rows == 6) return 6;
    return wanted <= 8 ? 8 : 14;
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
    boolean narrow = width <= LANES;
    switch (height) {
      case 14 -> {
        if (narrow) fourteenByOne(k, a, ao, b, bo, bs, s, so, ss, c, co, cs);
        else fourteenByTwo(k, a, ao, b, bo, bs, s, so, ss, c, co, cs);
      }
      case 8 -> eightByTwo(k, a, ao, b, bo, bs, s, so, ss, c, co, cs);
      case 6 -> {
        if (narrow) sixByOne(k, a, ao, b, bo, bs, s, so, ss, c, co, cs);
        else sixByTwo(k, a, ao, b, bo, bs, s, so, ss, c, co, cs);
      }
      case 4 -> fourByTwo(k, a, ao, b, bo, bs, s, so, ss, c, co, cs);
      case 1 -> oneByTwo(k, a, ao, b, bo, bs, s, so, c, co);
      default -> throw new IllegalArgumentException("no tile of " + height + " rows");
    }
  }

  @Override
  public int lanes() {
    return LANES;
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
        load(source, from + runs[r]).intoArray(panel, to + runs[r + 1]);
      }
    }
  }

  private static void fourteenByTwo(
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
    FloatVector c0 = load(s, so);
    FloatVector d0 = load(s, so + LANES);
    FloatVector c1 = load(s, so + ss);
    FloatVector d1 = load(s, so + ss + LANES);
    FloatVector c2 = load(s, so + 2 * ss);
    FloatVector d2 = load(s, so + 2 * ss + LANES);
    FloatVector c3 = load(s, so + 3 * ss);
    FloatVector d3 = load(s, so + 3 * ss + LANES);
    FloatVector c4 = load(s, so + 4 * ss);
    FloatVector d4 = load(s, so + 4 * ss + LANES);
    FloatVector c5 = load(s, so + 5 * ss);
    FloatVector d5 = load(s, so + 5 * ss + LANES);
    FloatVector c6 = load(s, so + 6 * ss);
    FloatVector d6 = load(s, so + 6 * ss + LANES);
    FloatVector c7 = load(s, so + 7 * ss);
    FloatVector d7 = load(s, so + 7 * ss + LANES);
    FloatVector c8 = load(s, so + 8 * ss);
    FloatVector d8 = load(s, so + 8 * ss + LANES);
    FloatVector c9 = load(s, so + 9 * ss);
    FloatVector d9 = load(s, so + 9 * ss + LANES);
    FloatVector c10 = load(s, so + 10 * ss);
    FloatVector d10 = load(s, so + 10 * ss + LANES);
    FloatVector c11 = load(s, so + 11 * ss);
    FloatVector d11 = load(s, so + 11 * ss + LANES);
    FloatVector c12 = load(s, so + 12 * ss);
    FloatVector d12 = load(s, so + 12 * ss + LANES);
    FloatVector c13 = load(s, so + 13 * ss);
    FloatVector d13 = load(s, so + 13 * ss + LANES);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, bo + p * bs);
      FloatVector b1 = load(b, bo + p * bs + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 14]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 1]);
      c1 = a1.fma(b0, c1);
      d1 = a1.fma(b1, d1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 2]);
      c2 = a2.fma(b0, c2);
      d2 = a2.fma(b1, d2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 3]);
      c3 = a3.fma(b0, c3);
      d3 = a3.fma(b1, d3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 4]);
      c4 = a4.fma(b0, c4);
      d4 = a4.fma(b1, d4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 5]);
      c5 = a5.fma(b0, c5);
      d5 = a5.fma(b1, d5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 6]);
      c6 = a6.fma(b0, c6);
      d6 = a6.fma(b1, d6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 7]);
      c7 = a7.fma(b0, c7);
      d7 = a7.fma(b1, d7);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 8]);
      c8 = a8.fma(b0, c8);
      d8 = a8.fma(b1, d8);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 9]);
      c9 = a9.fma(b0, c9);
      d9 = a9.fma(b1, d9);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 10]);
      c10 = a10.fma(b0, c10);
      d10 = a10.fma(b1, d10);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 11]);
      c11 = a11.fma(b0, c11);
      d11 = a11.fma(b1, d11);
      FloatVector a12 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 12]);
      c12 = a12.fma(b0, c12);
      d12 = a12.fma(b1, d12);
      FloatVector a13 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 13]);
      c13 = a13.fma(b0, c13);
      d13 = a13.fma(b1, d13);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + LANES);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + LANES);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + LANES);
    c3.intoArray(c, co + 3 * cs);
    d3.intoArray(c, co + 3 * cs + LANES);
    c4.intoArray(c, co + 4 * cs);
    d4.intoArray(c, co + 4 * cs + LANES);
    c5.intoArray(c, co + 5 * cs);
    d5.intoArray(c, co + 5 * cs + LANES);
    c6.intoArray(c, co + 6 * cs);
    d6.intoArray(c, co + 6 * cs + LANES);
    c7.intoArray(c, co + 7 * cs);
    d7.intoArray(c, co + 7 * cs + LANES);
    c8.intoArray(c, co + 8 * cs);
    d8.intoArray(c, co + 8 * cs + LANES);
    c9.intoArray(c, co + 9 * cs);
    d9.intoArray(c, co + 9 * cs + LANES);
    c10.intoArray(c, co + 10 * cs);
    d10.intoArray(c, co + 10 * cs + LANES);
    c11.intoArray(c, co + 11 * cs);
    d11.intoArray(c, co + 11 * cs + LANES);
    c12.intoArray(c, co + 12 * cs);
    d12.intoArray(c, co + 12 * cs + LANES);
    c13.intoArray(c, co + 13 * cs);
    d13.intoArray(c, co + 13 * cs + LANES);
  }

  private static void eightByTwo(
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
    FloatVector c0 = load(s, so);
    FloatVector d0 = load(s, so + LANES);
    FloatVector c1 = load(s, so + ss);
    FloatVector d1 = load(s, so + ss + LANES);
    FloatVector c2 = load(s, so + 2 * ss);
    FloatVector d2 = load(s, so + 2 * ss + LANES);
    FloatVector c3 = load(s, so + 3 * ss);
    FloatVector d3 = load(s, so + 3 * ss + LANES);
    FloatVector c4 = load(s, so + 4 * ss);
    FloatVector d4 = load(s, so + 4 * ss + LANES);
    FloatVector c5 = load(s, so + 5 * ss);
    FloatVector d5 = load(s, so + 5 * ss + LANES);
    FloatVector c6 = load(s, so + 6 * ss);
    FloatVector d6 = load(s, so + 6 * ss + LANES);
    FloatVector c7 = load(s, so + 7 * ss);
    FloatVector d7 = load(s, so + 7 * ss + LANES);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, bo + p * bs);
      FloatVector b1 = load(b, bo + p * bs + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 8]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 1]);
      c1 = a1.fma(b0, c1);
      d1 = a1.fma(b1, d1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 2]);
      c2 = a2.fma(b0, c2);
      d2 = a2.fma(b1, d2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 3]);
      c3 = a3.fma(b0, c3);
      d3 = a3.fma(b1, d3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 4]);
      c4 = a4.fma(b0, c4);
      d4 = a4.fma(b1, d4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 5]);
      c5 = a5.fma(b0, c5);
      d5 = a5.fma(b1, d5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 6]);
      c6 = a6.fma(b0, c6);
      d6 = a6.fma(b1, d6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 7]);
      c7 = a7.fma(b0, c7);
      d7 = a7.fma(b1, d7);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + LANES);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + LANES);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + LANES);
    c3.intoArray(c, co + 3 * cs);
    d3.intoArray(c, co + 3 * cs + LANES);
    c4.intoArray(c, co + 4 * cs);
    d4.intoArray(c, co + 4 * cs + LANES);
    c5.intoArray(c, co + 5 * cs);
    d5.intoArray(c, co + 5 * cs + LANES);
    c6.intoArray(c, co + 6 * cs);
    d6.intoArray(c, co + 6 * cs + LANES);
    c7.intoArray(c, co + 7 * cs);
    d7.intoArray(c, co + 7 * cs + LANES);
  }

  private static void sixByTwo(
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
    FloatVector c0 = load(s, so);
    FloatVector d0 = load(s, so + LANES);
    FloatVector c1 = load(s, so + ss);
    FloatVector d1 = load(s, so + ss + LANES);
    FloatVector c2 = load(s, so + 2 * ss);
    FloatVector d2 = load(s, so + 2 * ss + LANES);
    FloatVector c3 = load(s, so + 3 * ss);
    FloatVector d3 = load(s, so + 3 * ss + LANES);
    FloatVector c4 = load(s, so + 4 * ss);
    FloatVector d4 = load(s, so + 4 * ss + LANES);
    FloatVector c5 = load(s, so + 5 * ss);
    FloatVector d5 = load(s, so + 5 * ss + LANES);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, bo + p * bs);
      FloatVector b1 = load(b, bo + p * bs + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 6]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 1]);
      c1 = a1.fma(b0, c1);
      d1 = a1.fma(b1, d1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 2]);
      c2 = a2.fma(b0, c2);
      d2 = a2.fma(b1, d2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 3]);
      c3 = a3.fma(b0, c3);
      d3 = a3.fma(b1, d3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 4]);
      c4 = a4.fma(b0, c4);
      d4 = a4.fma(b1, d4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 5]);
      c5 = a5.fma(b0, c5);
      d5 = a5.fma(b1, d5);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + LANES);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + LANES);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + LANES);
    c3.intoArray(c, co + 3 * cs);
    d3.intoArray(c, co + 3 * cs + LANES);
    c4.intoArray(c, co + 4 * cs);
    d4.intoArray(c, co + 4 * cs + LANES);
    c5.intoArray(c, co + 5 * cs);
    d5.intoArray(c, co + 5 * cs + LANES);
  }

  private static void fourByTwo(
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
    FloatVector c0 = load(s, so);
    FloatVector d0 = load(s, so + LANES);
    FloatVector c1 = load(s, so + ss);
    FloatVector d1 = load(s, so + ss + LANES);
    FloatVector c2 = load(s, so + 2 * ss);
    FloatVector d2 = load(s, so + 2 * ss + LANES);
    FloatVector c3 = load(s, so + 3 * ss);
    FloatVector d3 = load(s, so + 3 * ss + LANES);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, bo + p * bs);
      FloatVector b1 = load(b, bo + p * bs + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 4]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 1]);
      c1 = a1.fma(b0, c1);
      d1 = a1.fma(b1, d1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 2]);
      c2 = a2.fma(b0, c2);
      d2 = a2.fma(b1, d2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 3]);
      c3 = a3.fma(b0, c3);
      d3 = a3.fma(b1, d3);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + LANES);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + LANES);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + LANES);
    c3.intoArray(c, co + 3 * cs);
    d3.intoArray(c, co + 3 * cs + LANES);
  }

  private static void oneByTwo(
      int k, float[] a, int ao, float[] b, int bo, int bs, float[] s, int so, float[] c, int co) {
    FloatVector c0 = load(s, so);
    FloatVector d0 = load(s, so + LANES);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, bo + p * bs);
      FloatVector b1 = load(b, bo + p * bs + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + LANES);
  }

  private static void fourteenByOne(
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
    FloatVector c0 = load(s, so);
    FloatVector c1 = load(s, so + ss);
    FloatVector c2 = load(s, so + 2 * ss);
    FloatVector c3 = load(s, so + 3 * ss);
    FloatVector c4 = load(s, so + 4 * ss);
    FloatVector c5 = load(s, so + 5 * ss);
    FloatVector c6 = load(s, so + 6 * ss);
    FloatVector c7 = load(s, so + 7 * ss);
    FloatVector c8 = load(s, so + 8 * ss);
    FloatVector c9 = load(s, so + 9 * ss);
    FloatVector c10 = load(s, so + 10 * ss);
    FloatVector c11 = load(s, so + 11 * ss);
    FloatVector c12 = load(s, so + 12 * ss);
    FloatVector c13 = load(s, so + 13 * ss);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, bo + p * bs);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 14]);
      c0 = a0.fma(b0, c0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 1]);
      c1 = a1.fma(b0, c1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 2]);
      c2 = a2.fma(b0, c2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 3]);
      c3 = a3.fma(b0, c3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 4]);
      c4 = a4.fma(b0, c4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 5]);
      c5 = a5.fma(b0, c5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 6]);
      c6 = a6.fma(b0, c6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 7]);
      c7 = a7.fma(b0, c7);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 8]);
      c8 = a8.fma(b0, c8);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 9]);
      c9 = a9.fma(b0, c9);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 10]);
      c10 = a10.fma(b0, c10);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 11]);
      c11 = a11.fma(b0, c11);
      FloatVector a12 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 12]);
      c12 = a12.fma(b0, c12);
      FloatVector a13 = FloatVector.broadcast(SPECIES, a[ao + p * 14 + 13]);
      c13 = a13.fma(b0, c13);
    }
    c0.intoArray(c, co);
    c1.intoArray(c, co + cs);
    c2.intoArray(c, co + 2 * cs);
    c3.intoArray(c, co + 3 * cs);
    c4.intoArray(c, co + 4 * cs);
    c5.intoArray(c, co + 5 * cs);
    c6.intoArray(c, co + 6 * cs);
    c7.intoArray(c, co + 7 * cs);
    c8.intoArray(c, co + 8 * cs);
    c9.intoArray(c, co + 9 * cs);
    c10.intoArray(c, co + 10 * cs);
    c11.intoArray(c, co + 11 * cs);
    c12.intoArray(c, co + 12 * cs);
    c13.intoArray(c, co + 13 * cs);
  }

  private static void sixByOne(
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
    FloatVector c0 = load(s, so);
    FloatVector c1 = load(s, so + ss);
    FloatVector c2 = load(s, so + 2 * ss);
    FloatVector c3 = load(s, so + 3 * ss);
    FloatVector c4 = load(s, so + 4 * ss);
    FloatVector c5 = load(s, so + 5 * ss);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = load(b, bo + p * bs);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 6]);
      c0 = a0.fma(b0, c0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 1]);
      c1 = a1.fma(b0, c1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 2]);
      c2 = a2.fma(b0, c2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 3]);
      c3 = a3.fma(b0, c3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 4]);
      c4 = a4.fma(b0, c4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 5]);
      c5 = a5.fma(b0, c5);
    }
    c0.intoArray(c, co);
    c1.intoArray(c, co + cs);
    c2.intoArray(c, co + 2 * cs);
    c3.intoArray(c, co + 3 * cs);
    c4.intoArray(c, co + 4 * cs);
    c5.intoArray(c, co + 5 * cs);
  }
}
