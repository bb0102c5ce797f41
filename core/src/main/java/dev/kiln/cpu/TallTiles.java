package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.TYPE;

import jdk.incubator.vector.FloatVector;

/**
 * The bodies of {@link VectorTiles} that need 32 vector registers: two vectors wide.
 *
 * <p>They are so long that C2 inlines their ends late, and then it must know the class of every
 * vector: a call that it cannot bind wants a vector as an object. It guesses the class from the
 * profile only while the Vector API's shared methods have not deoptimized too often ({@code
 * PerMethodTrapLimit}), which depends on what was compiled first. Each cast tells it, and costs
 * nothing.
 */
final class TallTiles {
  private TallTiles() {}

  static void twelve(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector r0 = FloatVector.fromArray(SPECIES, s, s1);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    FloatVector r1 = FloatVector.fromArray(SPECIES, s, s1 + ss);
    FloatVector l2 = FloatVector.fromArray(SPECIES, s, s0 + 2 * ss);
    FloatVector r2 = FloatVector.fromArray(SPECIES, s, s1 + 2 * ss);
    FloatVector l3 = FloatVector.fromArray(SPECIES, s, s0 + 3 * ss);
    FloatVector r3 = FloatVector.fromArray(SPECIES, s, s1 + 3 * ss);
    FloatVector l4 = FloatVector.fromArray(SPECIES, s, s0 + 4 * ss);
    FloatVector r4 = FloatVector.fromArray(SPECIES, s, s1 + 4 * ss);
    FloatVector l5 = FloatVector.fromArray(SPECIES, s, s0 + 5 * ss);
    FloatVector r5 = FloatVector.fromArray(SPECIES, s, s1 + 5 * ss);
    FloatVector l6 = FloatVector.fromArray(SPECIES, s, s0 + 6 * ss);
    FloatVector r6 = FloatVector.fromArray(SPECIES, s, s1 + 6 * ss);
    FloatVector l7 = FloatVector.fromArray(SPECIES, s, s0 + 7 * ss);
    FloatVector r7 = FloatVector.fromArray(SPECIES, s, s1 + 7 * ss);
    FloatVector l8 = FloatVector.fromArray(SPECIES, s, s0 + 8 * ss);
    FloatVector r8 = FloatVector.fromArray(SPECIES, s, s1 + 8 * ss);
    FloatVector l9 = FloatVector.fromArray(SPECIES, s, s0 + 9 * ss);
    FloatVector r9 = FloatVector.fromArray(SPECIES, s, s1 + 9 * ss);
    FloatVector l10 = FloatVector.fromArray(SPECIES, s, s0 + 10 * ss);
    FloatVector r10 = FloatVector.fromArray(SPECIES, s, s1 + 10 * ss);
    FloatVector l11 = FloatVector.fromArray(SPECIES, s, s0 + 11 * ss);
    FloatVector r11 = FloatVector.fromArray(SPECIES, s, s1 + 11 * ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = TYPE.cast(FloatVector.fromArray(SPECIES, b, b0 + at));
      FloatVector right = TYPE.cast(FloatVector.fromArray(SPECIES, b, b1 + at));
      FloatVector a0 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12]));
      l0 = a0.fma(left, TYPE.cast(l0));
      r0 = a0.fma(right, TYPE.cast(r0));
      FloatVector a1 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 1]));
      l1 = a1.fma(left, TYPE.cast(l1));
      r1 = a1.fma(right, TYPE.cast(r1));
      FloatVector a2 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 2]));
      l2 = a2.fma(left, TYPE.cast(l2));
      r2 = a2.fma(right, TYPE.cast(r2));
      FloatVector a3 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 3]));
      l3 = a3.fma(left, TYPE.cast(l3));
      r3 = a3.fma(right, TYPE.cast(r3));
      FloatVector a4 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 4]));
      l4 = a4.fma(left, TYPE.cast(l4));
      r4 = a4.fma(right, TYPE.cast(r4));
      FloatVector a5 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 5]));
      l5 = a5.fma(left, TYPE.cast(l5));
      r5 = a5.fma(right, TYPE.cast(r5));
      FloatVector a6 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 6]));
      l6 = a6.fma(left, TYPE.cast(l6));
      r6 = a6.fma(right, TYPE.cast(r6));
      FloatVector a7 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 7]));
      l7 = a7.fma(left, TYPE.cast(l7));
      r7 = a7.fma(right, TYPE.cast(r7));
      FloatVector a8 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 8]));
      l8 = a8.fma(left, TYPE.cast(l8));
      r8 = a8.fma(right, TYPE.cast(r8));
      FloatVector a9 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 9]));
      l9 = a9.fma(left, TYPE.cast(l9));
      r9 = a9.fma(right, TYPE.cast(r9));
      FloatVector a10 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 10]));
      l10 = a10.fma(left, TYPE.cast(l10));
      r10 = a10.fma(right, TYPE.cast(r10));
      FloatVector a11 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 12 + 11]));
      l11 = a11.fma(left, TYPE.cast(l11));
      r11 = a11.fma(right, TYPE.cast(r11));
    }
    TYPE.cast(l0).intoArray(c, c0);
    TYPE.cast(r0).intoArray(c, c1);
    TYPE.cast(l1).intoArray(c, c0 + cs);
    TYPE.cast(r1).intoArray(c, c1 + cs);
    TYPE.cast(l2).intoArray(c, c0 + 2 * cs);
    TYPE.cast(r2).intoArray(c, c1 + 2 * cs);
    TYPE.cast(l3).intoArray(c, c0 + 3 * cs);
    TYPE.cast(r3).intoArray(c, c1 + 3 * cs);
    TYPE.cast(l4).intoArray(c, c0 + 4 * cs);
    TYPE.cast(r4).intoArray(c, c1 + 4 * cs);
    TYPE.cast(l5).intoArray(c, c0 + 5 * cs);
    TYPE.cast(r5).intoArray(c, c1 + 5 * cs);
    TYPE.cast(l6).intoArray(c, c0 + 6 * cs);
    TYPE.cast(r6).intoArray(c, c1 + 6 * cs);
    TYPE.cast(l7).intoArray(c, c0 + 7 * cs);
    TYPE.cast(r7).intoArray(c, c1 + 7 * cs);
    TYPE.cast(l8).intoArray(c, c0 + 8 * cs);
    TYPE.cast(r8).intoArray(c, c1 + 8 * cs);
    TYPE.cast(l9).intoArray(c, c0 + 9 * cs);
    TYPE.cast(r9).intoArray(c, c1 + 9 * cs);
    TYPE.cast(l10).intoArray(c, c0 + 10 * cs);
    TYPE.cast(r10).intoArray(c, c1 + 10 * cs);
    TYPE.cast(l11).intoArray(c, c0 + 11 * cs);
    TYPE.cast(r11).intoArray(c, c1 + 11 * cs);
  }

  static void ten(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector r0 = FloatVector.fromArray(SPECIES, s, s1);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    FloatVector r1 = FloatVector.fromArray(SPECIES, s, s1 + ss);
    FloatVector l2 = FloatVector.fromArray(SPECIES, s, s0 + 2 * ss);
    FloatVector r2 = FloatVector.fromArray(SPECIES, s, s1 + 2 * ss);
    FloatVector l3 = FloatVector.fromArray(SPECIES, s, s0 + 3 * ss);
    FloatVector r3 = FloatVector.fromArray(SPECIES, s, s1 + 3 * ss);
    FloatVector l4 = FloatVector.fromArray(SPECIES, s, s0 + 4 * ss);
    FloatVector r4 = FloatVector.fromArray(SPECIES, s, s1 + 4 * ss);
    FloatVector l5 = FloatVector.fromArray(SPECIES, s, s0 + 5 * ss);
    FloatVector r5 = FloatVector.fromArray(SPECIES, s, s1 + 5 * ss);
    FloatVector l6 = FloatVector.fromArray(SPECIES, s, s0 + 6 * ss);
    FloatVector r6 = FloatVector.fromArray(SPECIES, s, s1 + 6 * ss);
    FloatVector l7 = FloatVector.fromArray(SPECIES, s, s0 + 7 * ss);
    FloatVector r7 = FloatVector.fromArray(SPECIES, s, s1 + 7 * ss);
    FloatVector l8 = FloatVector.fromArray(SPECIES, s, s0 + 8 * ss);
    FloatVector r8 = FloatVector.fromArray(SPECIES, s, s1 + 8 * ss);
    FloatVector l9 = FloatVector.fromArray(SPECIES, s, s0 + 9 * ss);
    FloatVector r9 = FloatVector.fromArray(SPECIES, s, s1 + 9 * ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = TYPE.cast(FloatVector.fromArray(SPECIES, b, b0 + at));
      FloatVector right = TYPE.cast(FloatVector.fromArray(SPECIES, b, b1 + at));
      FloatVector a0 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10]));
      l0 = a0.fma(left, TYPE.cast(l0));
      r0 = a0.fma(right, TYPE.cast(r0));
      FloatVector a1 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 1]));
      l1 = a1.fma(left, TYPE.cast(l1));
      r1 = a1.fma(right, TYPE.cast(r1));
      FloatVector a2 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 2]));
      l2 = a2.fma(left, TYPE.cast(l2));
      r2 = a2.fma(right, TYPE.cast(r2));
      FloatVector a3 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 3]));
      l3 = a3.fma(left, TYPE.cast(l3));
      r3 = a3.fma(right, TYPE.cast(r3));
      FloatVector a4 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 4]));
      l4 = a4.fma(left, TYPE.cast(l4));
      r4 = a4.fma(right, TYPE.cast(r4));
      FloatVector a5 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 5]));
      l5 = a5.fma(left, TYPE.cast(l5));
      r5 = a5.fma(right, TYPE.cast(r5));
      FloatVector a6 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 6]));
      l6 = a6.fma(left, TYPE.cast(l6));
      r6 = a6.fma(right, TYPE.cast(r6));
      FloatVector a7 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 7]));
      l7 = a7.fma(left, TYPE.cast(l7));
      r7 = a7.fma(right, TYPE.cast(r7));
      FloatVector a8 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 8]));
      l8 = a8.fma(left, TYPE.cast(l8));
      r8 = a8.fma(right, TYPE.cast(r8));
      FloatVector a9 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 10 + 9]));
      l9 = a9.fma(left, TYPE.cast(l9));
      r9 = a9.fma(right, TYPE.cast(r9));
    }
    TYPE.cast(l0).intoArray(c, c0);
    TYPE.cast(r0).intoArray(c, c1);
    TYPE.cast(l1).intoArray(c, c0 + cs);
    TYPE.cast(r1).intoArray(c, c1 + cs);
    TYPE.cast(l2).intoArray(c, c0 + 2 * cs);
    TYPE.cast(r2).intoArray(c, c1 + 2 * cs);
    TYPE.cast(l3).intoArray(c, c0 + 3 * cs);
    TYPE.cast(r3).intoArray(c, c1 + 3 * cs);
    TYPE.cast(l4).intoArray(c, c0 + 4 * cs);
    TYPE.cast(r4).intoArray(c, c1 + 4 * cs);
    TYPE.cast(l5).intoArray(c, c0 + 5 * cs);
    TYPE.cast(r5).intoArray(c, c1 + 5 * cs);
    TYPE.cast(l6).intoArray(c, c0 + 6 * cs);
    TYPE.cast(r6).intoArray(c, c1 + 6 * cs);
    TYPE.cast(l7).intoArray(c, c0 + 7 * cs);
    TYPE.cast(r7).intoArray(c, c1 + 7 * cs);
    TYPE.cast(l8).intoArray(c, c0 + 8 * cs);
    TYPE.cast(r8).intoArray(c, c1 + 8 * cs);
    TYPE.cast(l9).intoArray(c, c0 + 9 * cs);
    TYPE.cast(r9).intoArray(c, c1 + 9 * cs);
  }

  static void eight(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector r0 = FloatVector.fromArray(SPECIES, s, s1);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    FloatVector r1 = FloatVector.fromArray(SPECIES, s, s1 + ss);
    FloatVector l2 = FloatVector.fromArray(SPECIES, s, s0 + 2 * ss);
    FloatVector r2 = FloatVector.fromArray(SPECIES, s, s1 + 2 * ss);
    FloatVector l3 = FloatVector.fromArray(SPECIES, s, s0 + 3 * ss);
    FloatVector r3 = FloatVector.fromArray(SPECIES, s, s1 + 3 * ss);
    FloatVector l4 = FloatVector.fromArray(SPECIES, s, s0 + 4 * ss);
    FloatVector r4 = FloatVector.fromArray(SPECIES, s, s1 + 4 * ss);
    FloatVector l5 = FloatVector.fromArray(SPECIES, s, s0 + 5 * ss);
    FloatVector r5 = FloatVector.fromArray(SPECIES, s, s1 + 5 * ss);
    FloatVector l6 = FloatVector.fromArray(SPECIES, s, s0 + 6 * ss);
    FloatVector r6 = FloatVector.fromArray(SPECIES, s, s1 + 6 * ss);
    FloatVector l7 = FloatVector.fromArray(SPECIES, s, s0 + 7 * ss);
    FloatVector r7 = FloatVector.fromArray(SPECIES, s, s1 + 7 * ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = TYPE.cast(FloatVector.fromArray(SPECIES, b, b0 + at));
      FloatVector right = TYPE.cast(FloatVector.fromArray(SPECIES, b, b1 + at));
      FloatVector a0 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 8]));
      l0 = a0.fma(left, TYPE.cast(l0));
      r0 = a0.fma(right, TYPE.cast(r0));
      FloatVector a1 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 8 + 1]));
      l1 = a1.fma(left, TYPE.cast(l1));
      r1 = a1.fma(right, TYPE.cast(r1));
      FloatVector a2 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 8 + 2]));
      l2 = a2.fma(left, TYPE.cast(l2));
      r2 = a2.fma(right, TYPE.cast(r2));
      FloatVector a3 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 8 + 3]));
      l3 = a3.fma(left, TYPE.cast(l3));
      r3 = a3.fma(right, TYPE.cast(r3));
      FloatVector a4 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 8 + 4]));
      l4 = a4.fma(left, TYPE.cast(l4));
      r4 = a4.fma(right, TYPE.cast(r4));
      FloatVector a5 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 8 + 5]));
      l5 = a5.fma(left, TYPE.cast(l5));
      r5 = a5.fma(right, TYPE.cast(r5));
      FloatVector a6 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 8 + 6]));
      l6 = a6.fma(left, TYPE.cast(l6));
      r6 = a6.fma(right, TYPE.cast(r6));
      FloatVector a7 = TYPE.cast(FloatVector.broadcast(SPECIES, a[ao + p * 8 + 7]));
      l7 = a7.fma(left, TYPE.cast(l7));
      r7 = a7.fma(right, TYPE.cast(r7));
    }
    TYPE.cast(l0).intoArray(c, c0);
    TYPE.cast(r0).intoArray(c, c1);
    TYPE.cast(l1).intoArray(c, c0 + cs);
    TYPE.cast(r1).intoArray(c, c1 + cs);
    TYPE.cast(l2).intoArray(c, c0 + 2 * cs);
    TYPE.cast(r2).intoArray(c, c1 + 2 * cs);
    TYPE.cast(l3).intoArray(c, c0 + 3 * cs);
    TYPE.cast(r3).intoArray(c, c1 + 3 * cs);
    TYPE.cast(l4).intoArray(c, c0 + 4 * cs);
    TYPE.cast(r4).intoArray(c, c1 + 4 * cs);
    TYPE.cast(l5).intoArray(c, c0 + 5 * cs);
    TYPE.cast(r5).intoArray(c, c1 + 5 * cs);
    TYPE.cast(l6).intoArray(c, c0 + 6 * cs);
    TYPE.cast(r6).intoArray(c, c1 + 6 * cs);
    TYPE.cast(l7).intoArray(c, c0 + 7 * cs);
    TYPE.cast(r7).intoArray(c, c1 + 7 * cs);
  }
}
