package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/** The bodies of {@link VectorTiles} that need 32 vector registers: two vectors wide. */
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
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b1 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 12]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 4]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 5]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 6]);
      l6 = a6.fma(left, l6);
      r6 = a6.fma(right, r6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 7]);
      l7 = a7.fma(left, l7);
      r7 = a7.fma(right, r7);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 8]);
      l8 = a8.fma(left, l8);
      r8 = a8.fma(right, r8);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 9]);
      l9 = a9.fma(left, l9);
      r9 = a9.fma(right, r9);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 10]);
      l10 = a10.fma(left, l10);
      r10 = a10.fma(right, r10);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 11]);
      l11 = a11.fma(left, l11);
      r11 = a11.fma(right, r11);
    }
    l0.intoArray(c, c0);
    r0.intoArray(c, c1);
    l1.intoArray(c, c0 + cs);
    r1.intoArray(c, c1 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    r2.intoArray(c, c1 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
    r3.intoArray(c, c1 + 3 * cs);
    l4.intoArray(c, c0 + 4 * cs);
    r4.intoArray(c, c1 + 4 * cs);
    l5.intoArray(c, c0 + 5 * cs);
    r5.intoArray(c, c1 + 5 * cs);
    l6.intoArray(c, c0 + 6 * cs);
    r6.intoArray(c, c1 + 6 * cs);
    l7.intoArray(c, c0 + 7 * cs);
    r7.intoArray(c, c1 + 7 * cs);
    l8.intoArray(c, c0 + 8 * cs);
    r8.intoArray(c, c1 + 8 * cs);
    l9.intoArray(c, c0 + 9 * cs);
    r9.intoArray(c, c1 + 9 * cs);
    l10.intoArray(c, c0 + 10 * cs);
    r10.intoArray(c, c1 + 10 * cs);
    l11.intoArray(c, c0 + 11 * cs);
    r11.intoArray(c, c1 + 11 * cs);
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
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b1 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 10]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 4]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 5]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 6]);
      l6 = a6.fma(left, l6);
      r6 = a6.fma(right, r6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 7]);
      l7 = a7.fma(left, l7);
      r7 = a7.fma(right, r7);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 8]);
      l8 = a8.fma(left, l8);
      r8 = a8.fma(right, r8);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 9]);
      l9 = a9.fma(left, l9);
      r9 = a9.fma(right, r9);
    }
    l0.intoArray(c, c0);
    r0.intoArray(c, c1);
    l1.intoArray(c, c0 + cs);
    r1.intoArray(c, c1 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    r2.intoArray(c, c1 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
    r3.intoArray(c, c1 + 3 * cs);
    l4.intoArray(c, c0 + 4 * cs);
    r4.intoArray(c, c1 + 4 * cs);
    l5.intoArray(c, c0 + 5 * cs);
    r5.intoArray(c, c1 + 5 * cs);
    l6.intoArray(c, c0 + 6 * cs);
    r6.intoArray(c, c1 + 6 * cs);
    l7.intoArray(c, c0 + 7 * cs);
    r7.intoArray(c, c1 + 7 * cs);
    l8.intoArray(c, c0 + 8 * cs);
    r8.intoArray(c, c1 + 8 * cs);
    l9.intoArray(c, c0 + 9 * cs);
    r9.intoArray(c, c1 + 9 * cs);
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
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b1 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 8]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 4]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 5]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 6]);
      l6 = a6.fma(left, l6);
      r6 = a6.fma(right, r6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 7]);
      l7 = a7.fma(left, l7);
      r7 = a7.fma(right, r7);
    }
    l0.intoArray(c, c0);
    r0.intoArray(c, c1);
    l1.intoArray(c, c0 + cs);
    r1.intoArray(c, c1 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    r2.intoArray(c, c1 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
    r3.intoArray(c, c1 + 3 * cs);
    l4.intoArray(c, c0 + 4 * cs);
    r4.intoArray(c, c1 + 4 * cs);
    l5.intoArray(c, c0 + 5 * cs);
    r5.intoArray(c, c1 + 5 * cs);
    l6.intoArray(c, c0 + 6 * cs);
    r6.intoArray(c, c1 + 6 * cs);
    l7.intoArray(c, c0 + 7 * cs);
    r7.intoArray(c, c1 + 7 * cs);
  }
}
