package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Register tiles in the Vector API.
 *
 * <p>With 32 vector registers (AVX-512, NEON) the tallest tile is 12 × 2 vectors, with 16 (AVX,
 * SSE) 6 × 2. The bodies ({@link TallTiles}, {@link LowTiles}, {@link NarrowTiles}) are written out
 * because C2 keeps only local variables in registers. Where it cannot bind a call it boxes vectors,
 * and a tile runs ten times slower: {@link TallTiles} tells how that is prevented.
 */
final class VectorTiles implements Tiles {
  private final int rows;

  VectorTiles() {
    // a processor with 512-bit vectors has 32 registers for shorter ones, too
    boolean manyRegisters =
        FloatVector.SPECIES_PREFERRED.vectorBitSize() == 512
            || System.getProperty("os.arch", "").equals("aarch64");
    rows = manyRegisters ? 12 : 6;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public int heightFor(int wanted) {
    return wanted == 1 ? 1 : wanted + wanted % 2;
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
      int[] at,
      int p,
      float[] s,
      int s0,
      int s1,
      int ss,
      float[] c,
      int c0,
      int c1,
      int cs) {
    switch (height) {
      case 12 -> TallTiles.twelve(k, a, ao, b, b0, b1, at, p, s, s0, s1, ss, c, c0, c1, cs);
      case 10 -> TallTiles.ten(k, a, ao, b, b0, b1, at, p, s, s0, s1, ss, c, c0, c1, cs);
      case 8 -> TallTiles.eight(k, a, ao, b, b0, b1, at, p, s, s0, s1, ss, c, c0, c1, cs);
      case 6 -> LowTiles.six(k, a, ao, b, b0, b1, at, p, s, s0, s1, ss, c, c0, c1, cs);
      case 4 -> LowTiles.four(k, a, ao, b, b0, b1, at, p, s, s0, s1, ss, c, c0, c1, cs);
      case 2 -> LowTiles.two(k, a, ao, b, b0, b1, at, p, s, s0, s1, ss, c, c0, c1, cs);
      case 1 -> LowTiles.one(k, a, ao, b, b0, b1, at, p, s, s0, s1, ss, c, c0, c1, cs);
      default -> throw new IllegalArgumentException("no tile of " + height + " rows");
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
      int[] at,
      int p,
      float[] s,
      int s0,
      int ss,
      float[] c,
      int c0,
      int cs) {
    switch (height) {
      case 12 -> NarrowTiles.twelve(k, a, ao, b, b0, at, p, s, s0, ss, c, c0, cs);
      case 10 -> NarrowTiles.ten(k, a, ao, b, b0, at, p, s, s0, ss, c, c0, cs);
      case 8 -> NarrowTiles.eight(k, a, ao, b, b0, at, p, s, s0, ss, c, c0, cs);
      case 6 -> NarrowTiles.six(k, a, ao, b, b0, at, p, s, s0, ss, c, c0, cs);
      case 4 -> NarrowTiles.four(k, a, ao, b, b0, at, p, s, s0, ss, c, c0, cs);
      case 2 -> NarrowTiles.two(k, a, ao, b, b0, at, p, s, s0, ss, c, c0, cs);
      case 1 -> NarrowTiles.one(k, a, ao, b, b0, at, p, s, s0, ss, c, c0, cs);
      default -> throw new IllegalArgumentException("no tile of " + height + " rows");
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
    int padded = (width + LANES - 1) / LANES * LANES;
    // rows whose last vector would be read from beyond the array are copied without vectors
    int inside = step == 0 ? count : (source.length - padded - from) / step + 1;
    int vectors = Math.max(0, Math.min(count, source.length - padded < from ? 0 : inside));
    if (width <= LANES && toStep == width) {
      copyNarrow(source, from, step, vectors, target, to, toStep);
    } else {
      for (int i = 0; i < vectors; i++) {
        copyRow(source, from + i * step, width, target, to + i * toStep, toStep);
      }
    }
    for (int i = vectors; i < count; i++) {
      int at = to + i * toStep;
      System.arraycopy(source, from + i * step, target, at, width);
      Arrays.fill(target, at + width, at + toStep, 0);
    }
  }

  private static void copyNarrow(
      float[] source, int from, int step, int count, float[] target, int to, int toStep) {
    for (int i = 0; i < count; i++) {
      load(source, from + i * step).intoArray(target, to + i * toStep);
    }
  }

  private static void copyRow(
      float[] source, int from, int width, float[] target, int to, int toStep) {
    for (int x = 0; x < width; x += LANES) {
      load(source, from + x).intoArray(target, to + x);
    }
    for (int x = width; x < toStep; x += LANES) {
      FloatVector.zero(SPECIES).intoArray(target, to + x);
    }
  }

  @Override
  public void small(
      Matrix a, Matrix b, float @Nullable [] start, int startAt, float[] c, int cAt, int cEnd) {
    SmallProduct.multiply(a, b, start, startAt, c, cAt, cEnd);
  }
}
