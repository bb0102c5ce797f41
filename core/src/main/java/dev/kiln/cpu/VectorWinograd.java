package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import jdk.incubator.vector.FloatVector;

/** The transforms in the Vector API. */
final class VectorWinograd implements Winograd {
  @Override
  public void image(
      int points,
      float[] d,
      int from,
      int step,
      int[] places,
      int tiles,
      int width,
      float[] target,
      int to,
      int toStep) {
    // from the right: what a row's last vector has too much is where the next row will be written
    for (int x = (width - 1) / LANES * LANES; x >= 0; x -= LANES) {
      if (points == 6) {
        six(d, from + x, step, places, tiles, width, target, to + x, toStep);
      } else {
        eight(d, from + x, step, places, tiles, width, target, to + x, toStep);
      }
    }
  }

  private static void six(
      float[] d,
      int from,
      int step,
      int[] places,
      int tiles,
      int width,
      float[] target,
      int to,
      int toStep) {
    for (int t = 0; t < tiles; t++) {
      int at = from + places[t];
      int v = to + t * width;
      FloatVector d1 = load(d, at + step);
      FloatVector d2 = load(d, at + 2 * step);
      FloatVector d3 = load(d, at + 3 * step);
      FloatVector d4 = load(d, at + 4 * step);
      FloatVector four = FloatVector.broadcast(SPECIES, 4);
      FloatVector five = FloatVector.broadcast(SPECIES, -5);
      load(d, at).fma(four, d2.fma(five, d4)).intoArray(target, v);
      d1.fma(four, d3.fma(five, load(d, at + 5 * step))).intoArray(target, v + 5 * toStep);
      FloatVector minusFour = FloatVector.broadcast(SPECIES, -4);
      FloatVector even = d2.fma(minusFour, d4);
      FloatVector odd = d1.fma(minusFour, d3);
      even.add(odd).intoArray(target, v + toStep);
      even.sub(odd).intoArray(target, v + 2 * toStep);
      FloatVector evenTwo = d4.sub(d2);
      FloatVector oddTwo = d3.sub(d1);
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      oddTwo.fma(two, evenTwo).intoArray(target, v + 3 * toStep);
      oddTwo.fma(FloatVector.broadcast(SPECIES, -2), evenTwo).intoArray(target, v + 4 * toStep);
    }
  }

  private static void eight(
      float[] d,
      int from,
      int step,
      int[] places,
      int tiles,
      int width,
      float[] target,
      int to,
      int toStep) {
    for (int t = 0; t < tiles; t++) {
      int at = from + places[t];
      int v = to + t * width;
      FloatVector d1 = load(d, at + step);
      FloatVector d2 = load(d, at + 2 * step);
      FloatVector d3 = load(d, at + 3 * step);
      FloatVector d4 = load(d, at + 4 * step);
      FloatVector d5 = load(d, at + 5 * step);
      FloatVector d6 = load(d, at + 6 * step);
      FloatVector c = FloatVector.broadcast(SPECIES, 5.25f);
      d2.sub(d4).fma(c, d6.sub(load(d, at))).intoArray(target, v);
      d3.sub(d5).fma(c, load(d, at + 7 * step).sub(d1)).intoArray(target, v + 7 * toStep);
      c = FloatVector.broadcast(SPECIES, -4.25f);
      FloatVector even = d4.fma(c, d2.add(d6));
      FloatVector odd = d3.fma(c, d1.add(d5));
      even.add(odd).intoArray(target, v + toStep);
      even.sub(odd).intoArray(target, v + 2 * toStep);
      FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
      FloatVector two = FloatVector.broadcast(SPECIES, 2);
      FloatVector middle = FloatVector.broadcast(SPECIES, -2.5f);
      c = FloatVector.broadcast(SPECIES, 0.25f);
      even = d2.fma(c, d4.fma(FloatVector.broadcast(SPECIES, -1.25f), d6));
      odd = d1.fma(half, d3.fma(middle, d5.mul(two)));
      even.add(odd).intoArray(target, v + 3 * toStep);
      even.sub(odd).intoArray(target, v + 4 * toStep);
      c = FloatVector.broadcast(SPECIES, 4);
      even = d2.fma(c, d4.fma(FloatVector.broadcast(SPECIES, -5), d6));
      odd = d1.fma(two, d3.fma(middle, d5.mul(half)));
      even.add(odd).intoArray(target, v + 5 * toStep);
      even.sub(odd).intoArray(target, v + 6 * toStep);
    }
  }

  @Override
  public void results(
      int points,
      float[] m,
      int from,
      int step,
      int width,
      float bias,
      float[] y,
      int to,
      int[] places,
      int[] wanted,
      int[] ends,
      int tiles) {
    // from the right: what a row's last vector has too much is where others will be written
    for (int x = (width - 1) / LANES * LANES; x >= 0; x -= LANES) {
      if (points == 6) {
        fromSix(m, from + x, step, bias, y, to, x, width, places, wanted, ends, tiles);
      } else {
        fromEight(m, from + x, step, bias, y, to, x, width, places, wanted, ends, tiles);
      }
    }
  }

  private static void fromSix(
      float[] m,
      int from,
      int step,
      float bias,
      float[] y,
      int first,
      int x,
      int width,
      int[] places,
      int[] rows,
      int[] ends,
      int tiles) {
    int count = Math.min(LANES, width - x);
    FloatVector biases = FloatVector.broadcast(SPECIES, bias);
    for (int t = 0; t < tiles; t++) {
      int p = from + t * width;
      int to = first + x + places[t];
      int wanted = rows[t];
      int limit = first + ends[t];
      FloatVector m1 = load(m, p + step);
      FloatVector m2 = load(m, p + 2 * step);
      FloatVector m3 = load(m, p + 3 * step);
      FloatVector m4 = load(m, p + 4 * step);
      FloatVector sum = m1.add(m2);
      FloatVector sumTwo = m3.add(m4);
      FloatVector difference = m1.sub(m2);
      FloatVector differenceTwo = m3.sub(m4);
      store(load(m, p).add(sum).add(sumTwo.add(biases)), y, to, count, limit);
      if (wanted > 1) {
        FloatVector two = FloatVector.broadcast(SPECIES, 2);
        store(differenceTwo.fma(two, difference).add(biases), y, to + width, count, limit);
      }
      if (wanted > 2) {
        FloatVector four = FloatVector.broadcast(SPECIES, 4);
        store(sumTwo.fma(four, sum).add(biases), y, to + 2 * width, count, limit);
      }
      if (wanted > 3) {
        FloatVector last = load(m, p + 5 * step).add(biases);
        FloatVector eight = FloatVector.broadcast(SPECIES, 8);
        store(differenceTwo.fma(eight, difference).add(last), y, to + 3 * width, count, limit);
      }
    }
  }

  private static void fromEight(
      float[] m,
      int from,
      int step,
      float bias,
      float[] y,
      int first,
      int x,
      int width,
      int[] places,
      int[] rows,
      int[] ends,
      int tiles) {
    int count = Math.min(LANES, width - x);
    FloatVector biases = FloatVector.broadcast(SPECIES, bias);
    for (int t = 0; t < tiles; t++) {
      int p = from + t * width;
      int to = first + x + places[t];
      int wanted = rows[t];
      int limit = first + ends[t];
      FloatVector m1 = load(m, p + step);
      FloatVector m2 = load(m, p + 2 * step);
      FloatVector m3 = load(m, p + 3 * step);
      FloatVector m4 = load(m, p + 4 * step);
      FloatVector m5 = load(m, p + 5 * step);
      FloatVector m6 = load(m, p + 6 * step);
      FloatVector sum = m1.add(m2);
      FloatVector sumTwo = m3.add(m4);
      FloatVector sumHalf = m5.add(m6);
      FloatVector difference = m1.sub(m2);
      FloatVector differenceTwo = m3.sub(m4);
      FloatVector differenceHalf = m5.sub(m6);
      FloatVector y0 = load(m, p).add(sum).add(sumTwo.add(biases)).add(sumHalf);
      store(y0, y, to, count, limit);
      if (wanted > 1) {
        FloatVector y1 = differenceTwo.fma(FloatVector.broadcast(SPECIES, 2), difference);
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        store(differenceHalf.fma(half, y1.add(biases)), y, to + width, count, limit);
      }
      if (wanted > 2) {
        FloatVector y2 = sumTwo.fma(FloatVector.broadcast(SPECIES, 4), sum);
        FloatVector quarter = FloatVector.broadcast(SPECIES, 0.25f);
        store(sumHalf.fma(quarter, y2.add(biases)), y, to + 2 * width, count, limit);
      }
      if (wanted > 3) {
        FloatVector last = load(m, p + 7 * step).add(biases);
        FloatVector y3 = differenceTwo.fma(FloatVector.broadcast(SPECIES, 8), difference);
        FloatVector eighth = FloatVector.broadcast(SPECIES, 0.125f);
        store(differenceHalf.fma(eighth, y3.add(last)), y, to + 3 * width, count, limit);
      }
    }
  }

  /** Stores a vector, or where it would reach beyond the limit, what is wanted of it. */
  private static void store(FloatVector v, float[] y, int at, int count, int limit) {
    if (at <= limit - LANES) {
      v.intoArray(y, at);
    } else {
      float[] last = Scratch.ofThread().array(Scratch.Role.LAST, LANES);
      v.intoArray(last, 0);
      System.arraycopy(last, 0, y, at, count);
    }
  }

  @Override
  public void mix(
      float[] coefficients,
      int outs,
      int ins,
      float[] source,
      int from,
      int step,
      int count,
      float[] target,
      int to,
      int toStep) {
    for (int o = 0; o < outs; o++) {
      for (int x = 0; x < count; x += LANES) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int i = 0; i < ins; i++) {
          FloatVector coefficient = FloatVector.broadcast(SPECIES, coefficients[o * ins + i]);
          sum = coefficient.fma(load(source, from + i * step + x), sum);
        }
        sum.intoArray(target, to + o * toStep + x);
      }
    }
  }
}
