package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/** The bodies of {@link VectorTiles} that 16 vector registers hold: two vectors wide. */
final class LowTiles {
  private LowTiles() {}

  static void six(
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
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b1 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 6]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 4]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 5]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
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
  }

  static void four(
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
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b1 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 4]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
    }
    l0.intoArray(c, c0);
    r0.intoArray(c, c1);
    l1.intoArray(c, c0 + cs);
    r1.intoArray(c, c1 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    r2.intoArray(c, c1 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
    r3.intoArray(c, c1 + 3 * cs);
  }

  static void two(
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
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b1 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 2]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
    }
    l0.intoArray(c, c0);
    r0.intoArray(c, c1);
    l1.intoArray(c, c0 + cs);
    r1.intoArray(c, c1 + cs);
  }

  static void one(
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
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b1 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
    }
    l0.intoArray(c, c0);
    r0.intoArray(c, c1);
  }
}
