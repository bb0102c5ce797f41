package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;
import static dev.kiln.cpu.VectorMath.operand;

import dev.kiln.backend.Binary;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Unary;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The loops in the Vector API. Whole vectors first; what is left, less than one vector, is done by
 * the plain loop where that gives the same bits, else as one more vector in scratch. Each function
 * has a method of its own: two in one body pass what C2 is willing to inline, and every vector
 * becomes an object.
 *
 * <p>Sums run in four vectors over blocks of {@link #BLOCK} elements, and the blocks' sums in
 * double precision: an error of a few units in the last place whatever the length. Lanes are added
 * one by one, since {@code reduceLanes} may take another order each time it is compiled.
 */
final class VectorLoops implements Loops {
  private static final int BLOCK = 2048;
  private static final int ROUND_BITS = Float.floatToRawIntBits(VectorMath.ROUND);

  private final ScalarLoops rest = new ScalarLoops();

  @Override
  public void unary(Unary f, float[] x, int xAt, float[] y, int yAt, int n) {
    VectorFunctions.apply(f, x, xAt, y, yAt, n);
  }

  @Override
  public void unaryGradient(
      Unary f, float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    VectorGradients.apply(f, kept, keptAt, dy, dyAt, dx, dxAt, n);
  }

  @Override
  public void pairLoss(
      PairLoss f, float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    VectorPairLosses.values(f, x, xAt, target, targetAt, y, yAt, whole);
    rest.pairLoss(f, x, xAt + whole, target, targetAt + whole, y, yAt + whole, n - whole);
  }

  @Override
  public void pairLossGradient(
      PairLoss f,
      float[] x,
      int xAt,
      float[] target,
      int targetAt,
      float scale,
      float[] dy,
      int dyAt,
      int dyStep,
      float[] dx,
      int dxAt,
      int n) {
    int whole = SPECIES.loopBound(n);
    VectorPairLosses.slopes(f, x, xAt, target, targetAt, dx, dxAt, whole);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector g = operand(dy, dyAt, i, dyStep).mul(scale);
      load(dx, dxAt + i).mul(g).intoArray(dx, dxAt + i);
    }
    rest.pairLossGradient(
        f,
        x,
        xAt + whole,
        target,
        targetAt + whole,
        scale,
        dy,
        dyAt + whole * dyStep,
        dyStep,
        dx,
        dxAt + whole,
        n - whole);
  }

  @Override
  public void affine(
      float center, float scale, float shift, float[] x, int xAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(x, xAt + i).sub(center).mul(scale).add(shift).intoArray(y, yAt + i);
    }
    rest.affine(center, scale, shift, x, xAt + whole, y, yAt + whole, n - whole);
  }

  @Override
  public void binary(
      Binary f,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int bStep,
      float[] y,
      int yAt,
      int n) {
    int whole = VectorBinary.has(f) ? SPECIES.loopBound(n) : 0;
    VectorBinary.apply(f, a, aAt, aStep, b, bAt, bStep, y, yAt, whole);
    rest.binary(
        f, a, aAt + whole * aStep, aStep, b, bAt + whole * bStep, bStep, y, yAt + whole, n - whole);
  }

  @Override
  public void accumulate(float scale, float[] x, int xAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(y, yAt + i).add(load(x, xAt + i).mul(scale)).intoArray(y, yAt + i);
    }
    rest.accumulate(scale, x, xAt + whole, y, yAt + whole, n - whole);
  }

  @Override
  public void accumulateShifted(
      float[] weights, int weightsAt, int[] places, int taps, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i += 4 * LANES) {
      FloatVector s0 = load(y, i);
      FloatVector s1 = load(y, i + LANES);
      FloatVector s2 = load(y, i + 2 * LANES);
      FloatVector s3 = load(y, i + 3 * LANES);
      for (int t = 0; t < taps; t++) {
        FloatVector weight = FloatVector.broadcast(SPECIES, weights[weightsAt + t]);
        int at = places[t] + i;
        s0 = weight.fma(load(x, at), s0);
        s1 = weight.fma(load(x, at + LANES), s1);
        s2 = weight.fma(load(x, at + 2 * LANES), s2);
        s3 = weight.fma(load(x, at + 3 * LANES), s3);
      }
      s0.intoArray(y, i);
      s1.intoArray(y, i + LANES);
      s2.intoArray(y, i + 2 * LANES);
      s3.intoArray(y, i + 3 * LANES);
    }
  }

  @Override
  public void dotShifted(
      float[] x, int[] places, int taps, float[] y, int yAt, int n, double[] sums, int sumsAt) {
    int whole = SPECIES.loopBound(n);
    for (int from = 0; from < whole; from += BLOCK) {
      int to = Math.min(whole, from + BLOCK);
      int t = 0;
      for (; t + 3 <= taps; t += 3) {
        dotThree(x, places, t, y, yAt, from, to, sums, sumsAt + t);
      }
      for (; t < taps; t++) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        for (int i = from; i < to; i += LANES) {
          s0 = load(y, yAt + i).fma(load(x, places[t] + i), s0);
        }
        sums[sumsAt + t] += VectorMath.sumOfLanes(s0);
      }
    }
    for (int t = 0; t < taps && whole < n; t++) {
      sums[sumsAt + t] += rest.dot(0, x, places[t] + whole, y, yAt + whole, n - whole);
    }
  }

  private static void dotThree(
      float[] x,
      int[] places,
      int tap,
      float[] y,
      int yAt,
      int from,
      int to,
      double[] sums,
      int sumsAt) {
    int p0 = places[tap];
    int p1 = places[tap + 1];
    int p2 = places[tap + 2];
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector r0 = s0;
    FloatVector r1 = s0;
    FloatVector r2 = s0;
    int i = from;
    for (; i + 2 * LANES <= to; i += 2 * LANES) {
      FloatVector y0 = load(y, yAt + i);
      FloatVector y1 = load(y, yAt + i + LANES);
      s0 = y0.fma(load(x, p0 + i), s0);
      s1 = y0.fma(load(x, p1 + i), s1);
      s2 = y0.fma(load(x, p2 + i), s2);
      r0 = y1.fma(load(x, p0 + i + LANES), r0);
      r1 = y1.fma(load(x, p1 + i + LANES), r1);
      r2 = y1.fma(load(x, p2 + i + LANES), r2);
    }
    if (i < to) {
      FloatVector y0 = load(y, yAt + i);
      s0 = y0.fma(load(x, p0 + i), s0);
      s1 = y0.fma(load(x, p1 + i), s1);
      s2 = y0.fma(load(x, p2 + i), s2);
    }
    sums[sumsAt] += VectorMath.sumOfLanes(s0.add(r0));
    sums[sumsAt + 1] += VectorMath.sumOfLanes(s1.add(r1));
    sums[sumsAt + 2] += VectorMath.sumOfLanes(s2.add(r2));
  }

  @Override
  public void accumulate(float[] x, int xAt, double[] y, int yAt, int n) {
    rest.accumulate(x, xAt, y, yAt, n);
  }

  @Override
  public void sumRows(float[] x, int xAt, int stride, int rows, float[] y, int yAt, int n) {
    // a last vector that is not whole begins inside the one before, or ends behind the row
    boolean room = n >= LANES || xAt + (rows - 1) * stride + LANES <= x.length;
    int vectors = room ? (n + LANES - 1) / LANES : 0;
    for (int v = 0; v < vectors; v++) {
      int j = Math.min(v * LANES, Math.max(0, n - LANES));
      FloatVector sum = load(x, xAt + j);
      for (int i = 1; i < rows; i++) {
        sum = sum.add(load(x, xAt + i * stride + j));
      }
      sum.intoArray(y, yAt + j);
    }
    for (int j = vectors * LANES; j < n; j++) {
      float sum = x[xAt + j];
      for (int i = 1; i < rows; i++) {
        sum += x[xAt + i * stride + j];
      }
      y[yAt + j] = sum;
    }
  }

  @Override
  public void belowMaximum(float[] x, int xAt, int stride, int rows, int n) {
    for (int j = xAt; j < xAt + n; j += LANES) {
      int end = j + rows * stride;
      FloatVector top = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      for (int at = j; at < end; at += stride) {
        top = top.max(load(x, at));
      }
      for (int at = j; at < end; at += stride) {
        load(x, at).sub(top).intoArray(x, at);
      }
    }
  }

  @Override
  public double sum(float[] x, int xAt, int n) {
    int whole = SPECIES.loopBound(n);
    double sum = rest.sum(x, xAt + whole, n - whole);
    for (int from = 0; from < whole; from += BLOCK) {
      int to = Math.min(whole, from + BLOCK);
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      int i = from;
      for (; i + 4 * LANES <= to; i += 4 * LANES) {
        s0 = s0.add(load(x, xAt + i));
        s1 = s1.add(load(x, xAt + i + LANES));
        s2 = s2.add(load(x, xAt + i + 2 * LANES));
        s3 = s3.add(load(x, xAt + i + 3 * LANES));
      }
      for (; i < to; i += LANES) {
        s0 = s0.add(load(x, xAt + i));
      }
      sum += VectorMath.sumOfLanes(s0.add(s1).add(s2.add(s3)));
    }
    return sum;
  }

  @Override
  public double dot(float center, float[] x, int xAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    double sum = rest.dot(center, x, xAt + whole, y, yAt + whole, n - whole);
    for (int from = 0; from < whole; from += BLOCK) {
      int to = Math.min(whole, from + BLOCK);
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      int i = from;
      for (; i + 2 * LANES <= to; i += 2 * LANES) {
        FloatVector x0 = load(x, xAt + i).sub(center);
        FloatVector x1 = load(x, xAt + i + LANES).sub(center);
        s0 = x0.fma(load(y, yAt + i).sub(center), s0);
        s1 = x1.fma(load(y, yAt + i + LANES).sub(center), s1);
      }
      for (; i < to; i += LANES) {
        s0 = load(x, xAt + i).sub(center).fma(load(y, yAt + i).sub(center), s0);
      }
      sum += VectorMath.sumOfLanes(s0.add(s1));
    }
    return sum;
  }

  @Override
  public double centeredDot(float center, float[] x, int xAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    double sum = rest.centeredDot(center, x, xAt + whole, y, yAt + whole, n - whole);
    for (int from = 0; from < whole; from += BLOCK) {
      int to = Math.min(whole, from + BLOCK);
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      int i = from;
      for (; i + 2 * LANES <= to; i += 2 * LANES) {
        FloatVector x0 = load(x, xAt + i).sub(center);
        FloatVector x1 = load(x, xAt + i + LANES).sub(center);
        s0 = x0.fma(load(y, yAt + i), s0);
        s1 = x1.fma(load(y, yAt + i + LANES), s1);
      }
      for (; i < to; i += LANES) {
        s0 = load(x, xAt + i).sub(center).fma(load(y, yAt + i), s0);
      }
      sum += VectorMath.sumOfLanes(s0.add(s1));
    }
    return sum;
  }

  @Override
  public float max(float[] x, int xAt, int n) {
    int whole = SPECIES.loopBound(n);
    float max = rest.max(x, xAt + whole, n - whole);
    if (whole > 0) {
      FloatVector top = load(x, xAt);
      for (int i = LANES; i < whole; i += LANES) {
        top = top.max(load(x, xAt + i));
      }
      max = Math.max(max, top.reduceLanes(VectorOperators.MAX));
    }
    return max;
  }

  @Override
  public double exp(float shift, float[] x, int xAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    double sum = 0;
    for (int from = 0; from < whole; from += BLOCK) {
      sum += expBlock(shift, x, xAt + from, y, yAt + from, Math.min(BLOCK, whole - from));
    }
    if (whole < n) {
      float[] last = Scratch.ofThread().array(Scratch.Role.LAST, LANES);
      System.arraycopy(x, xAt + whole, last, 0, n - whole);
      Arrays.fill(last, n - whole, LANES, Float.NEGATIVE_INFINITY);
      sum += expBlock(shift, last, 0, last, 0, LANES);
      System.arraycopy(last, 0, y, yAt + whole, n - whole);
    }
    return sum;
  }

  /**
   * {@link VectorMath#exp}, written out for whole vectors: so long, in bytes of code, that C2 does
   * not inline it. Two of them in one caller would pass its budget.
   */
  private static float expBlock(float shift, float[] x, int xAt, float[] y, int yAt, int n) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i).sub(shift);
      FloatVector shifted = v.mul(VectorMath.LOG2_E).add(VectorMath.ROUND);
      FloatVector k = shifted.sub(VectorMath.ROUND);
      FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -VectorMath.LN_2_HIGH), v);
      r = k.fma(FloatVector.broadcast(SPECIES, -VectorMath.LN_2_LOW), r);
      FloatVector p = FloatVector.broadcast(SPECIES, VectorMath.EXP_6);
      p = p.fma(r, FloatVector.broadcast(SPECIES, VectorMath.EXP_5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, VectorMath.EXP_4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, VectorMath.EXP_3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, VectorMath.EXP_2));
      p = p.fma(r.mul(r), r).add(1);
      IntVector bits = shifted.reinterpretAsInts().sub(ROUND_BITS);
      IntVector half = bits.lanewise(VectorOperators.ASHR, 1);
      IntVector other = bits.sub(half);
      p = p.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      p = p.mul(other.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      VectorMask<Float> over = v.compare(VectorOperators.GT, VectorMath.EXP_OVERFLOW);
      p = p.blend(Float.POSITIVE_INFINITY, over);
      p = p.blend(0, v.compare(VectorOperators.LT, VectorMath.EXP_UNDERFLOW));
      p.intoArray(y, yAt + i);
      sum = sum.add(p);
    }
    return VectorMath.sumOfLanes(sum);
  }

  @Override
  public void blend(
      float dyScale,
      float center,
      float xScale,
      float shift,
      float[] dy,
      int dyAt,
      float[] x,
      int xAt,
      float[] dx,
      int dxAt,
      int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = load(x, xAt + i).sub(center).mul(xScale).add(shift);
      load(dy, dyAt + i).mul(dyScale).add(v).intoArray(dx, dxAt + i);
    }
    rest.blend(
        dyScale,
        center,
        xScale,
        shift,
        dy,
        dyAt + whole,
        x,
        xAt + whole,
        dx,
        dxAt + whole,
        n - whole);
  }

  @Override
  public void softmaxGradient(
      float shift, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      load(y, yAt + i).mul(load(dy, dyAt + i).sub(shift)).intoArray(dx, dxAt + i);
    }
    rest.softmaxGradient(shift, y, yAt + whole, dy, dyAt + whole, dx, dxAt + whole, n - whole);
  }

  @Override
  public boolean gathers() {
    return LANES >= 8; // narrower vector units have no gather instruction
  }

  @Override
  public void maxOfWindows(
      float[] plane,
      int planeAt,
      int[] corners,
      int[] taps,
      int n,
      float[] y,
      int yAt,
      int[] winners,
      int winnersAt) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      IntVector corner = IntVector.fromArray(VectorMath.INTS, corners, i);
      IntVector winner = corner;
      FloatVector max = FloatVector.fromArray(SPECIES, plane, planeAt, corners, i);
      for (int t = 1; t < taps.length; t++) {
        FloatVector v = FloatVector.fromArray(SPECIES, plane, planeAt + taps[t], corners, i);
        // v > max, or v is NaN and max is not: all that is not v <= max, unless max is NaN
        VectorMask<Float> kept = v.compare(VectorOperators.LE, max);
        VectorMask<Float> lost = max.compare(VectorOperators.NE, max);
        VectorMask<Float> better = kept.or(lost).not();
        max = max.blend(v, better);
        winner = winner.blend(corner.add(taps[t]), better.cast(VectorMath.INTS));
      }
      max.intoArray(y, yAt + i);
      winner.intoArray(winners, winnersAt + i);
    }
    rest.maxOfWindows(plane, planeAt, corners, taps, whole, n, y, yAt, winners, winnersAt);
  }
}
