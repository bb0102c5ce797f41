package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/** The bodies of {@link VectorTiles} that are one vector wide. */
final class NarrowTiles {
  private NarrowTiles() {}

  static void twelve(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    FloatVector l2 = FloatVector.fromArray(SPECIES, s, s0 + 2 * ss);
    FloatVector l3 = FloatVector.fromArray(SPECIES, s, s0 + 3 * ss);
    FloatVector l4 = FloatVector.fromArray(SPECIES, s, s0 + 4 * ss);
    FloatVector l5 = FloatVector.fromArray(SPECIES, s, s0 + 5 * ss);
    FloatVector l6 = FloatVector.fromArray(SPECIES, s, s0 + 6 * ss);
    FloatVector l7 = FloatVector.fromArray(SPECIES, s, s0 + 7 * ss);
    FloatVector l8 = FloatVector.fromArray(SPECIES, s, s0 + 8 * ss);
    FloatVector l9 = FloatVector.fromArray(SPECIES, s, s0 + 9 * ss);
    FloatVector l10 = FloatVector.fromArray(SPECIES, s, s0 + 10 * ss);
    FloatVector l11 = FloatVector.fromArray(SPECIES, s, s0 + 11 * ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 12]);
      l0 = a0.fma(left, l0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 1]);
      l1 = a1.fma(left, l1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 2]);
      l2 = a2.fma(left, l2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 3]);
      l3 = a3.fma(left, l3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 4]);
      l4 = a4.fma(left, l4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 5]);
      l5 = a5.fma(left, l5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 6]);
      l6 = a6.fma(left, l6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 7]);
      l7 = a7.fma(left, l7);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 8]);
      l8 = a8.fma(left, l8);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 9]);
      l9 = a9.fma(left, l9);
      FloatVector a10 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 10]);
      l10 = a10.fma(left, l10);
      FloatVector a11 = FloatVector.broadcast(SPECIES, a[ao + p * 12 + 11]);
      l11 = a11.fma(left, l11);
    }
    l0.intoArray(c, c0);
    l1.intoArray(c, c0 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
    l4.intoArray(c, c0 + 4 * cs);
    l5.intoArray(c, c0 + 5 * cs);
    l6.intoArray(c, c0 + 6 * cs);
    l7.intoArray(c, c0 + 7 * cs);
    l8.intoArray(c, c0 + 8 * cs);
    l9.intoArray(c, c0 + 9 * cs);
    l10.intoArray(c, c0 + 10 * cs);
    l11.intoArray(c, c0 + 11 * cs);
  }

  static void ten(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    FloatVector l2 = FloatVector.fromArray(SPECIES, s, s0 + 2 * ss);
    FloatVector l3 = FloatVector.fromArray(SPECIES, s, s0 + 3 * ss);
    FloatVector l4 = FloatVector.fromArray(SPECIES, s, s0 + 4 * ss);
    FloatVector l5 = FloatVector.fromArray(SPECIES, s, s0 + 5 * ss);
    FloatVector l6 = FloatVector.fromArray(SPECIES, s, s0 + 6 * ss);
    FloatVector l7 = FloatVector.fromArray(SPECIES, s, s0 + 7 * ss);
    FloatVector l8 = FloatVector.fromArray(SPECIES, s, s0 + 8 * ss);
    FloatVector l9 = FloatVector.fromArray(SPECIES, s, s0 + 9 * ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 10]);
      l0 = a0.fma(left, l0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 1]);
      l1 = a1.fma(left, l1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 2]);
      l2 = a2.fma(left, l2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 3]);
      l3 = a3.fma(left, l3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 4]);
      l4 = a4.fma(left, l4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 5]);
      l5 = a5.fma(left, l5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 6]);
      l6 = a6.fma(left, l6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 7]);
      l7 = a7.fma(left, l7);
      FloatVector a8 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 8]);
      l8 = a8.fma(left, l8);
      FloatVector a9 = FloatVector.broadcast(SPECIES, a[ao + p * 10 + 9]);
      l9 = a9.fma(left, l9);
    }
    l0.intoArray(c, c0);
    l1.intoArray(c, c0 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
    l4.intoArray(c, c0 + 4 * cs);
    l5.intoArray(c, c0 + 5 * cs);
    l6.intoArray(c, c0 + 6 * cs);
    l7.intoArray(c, c0 + 7 * cs);
    l8.intoArray(c, c0 + 8 * cs);
    l9.intoArray(c, c0 + 9 * cs);
  }

  static void eight(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    FloatVector l2 = FloatVector.fromArray(SPECIES, s, s0 + 2 * ss);
    FloatVector l3 = FloatVector.fromArray(SPECIES, s, s0 + 3 * ss);
    FloatVector l4 = FloatVector.fromArray(SPECIES, s, s0 + 4 * ss);
    FloatVector l5 = FloatVector.fromArray(SPECIES, s, s0 + 5 * ss);
    FloatVector l6 = FloatVector.fromArray(SPECIES, s, s0 + 6 * ss);
    FloatVector l7 = FloatVector.fromArray(SPECIES, s, s0 + 7 * ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 8]);
      l0 = a0.fma(left, l0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 1]);
      l1 = a1.fma(left, l1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 2]);
      l2 = a2.fma(left, l2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 3]);
      l3 = a3.fma(left, l3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 4]);
      l4 = a4.fma(left, l4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 5]);
      l5 = a5.fma(left, l5);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 6]);
      l6 = a6.fma(left, l6);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[ao + p * 8 + 7]);
      l7 = a7.fma(left, l7);
    }
    l0.intoArray(c, c0);
    l1.intoArray(c, c0 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
    l4.intoArray(c, c0 + 4 * cs);
    l5.intoArray(c, c0 + 5 * cs);
    l6.intoArray(c, c0 + 6 * cs);
    l7.intoArray(c, c0 + 7 * cs);
  }

  static void six(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    FloatVector l2 = FloatVector.fromArray(SPECIES, s, s0 + 2 * ss);
    FloatVector l3 = FloatVector.fromArray(SPECIES, s, s0 + 3 * ss);
    FloatVector l4 = FloatVector.fromArray(SPECIES, s, s0 + 4 * ss);
    FloatVector l5 = FloatVector.fromArray(SPECIES, s, s0 + 5 * ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 6]);
      l0 = a0.fma(left, l0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 1]);
      l1 = a1.fma(left, l1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 2]);
      l2 = a2.fma(left, l2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 3]);
      l3 = a3.fma(left, l3);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 4]);
      l4 = a4.fma(left, l4);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[ao + p * 6 + 5]);
      l5 = a5.fma(left, l5);
    }
    l0.intoArray(c, c0);
    l1.intoArray(c, c0 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
    l4.intoArray(c, c0 + 4 * cs);
    l5.intoArray(c, c0 + 5 * cs);
  }

  static void four(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    FloatVector l2 = FloatVector.fromArray(SPECIES, s, s0 + 2 * ss);
    FloatVector l3 = FloatVector.fromArray(SPECIES, s, s0 + 3 * ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 4]);
      l0 = a0.fma(left, l0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 1]);
      l1 = a1.fma(left, l1);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 2]);
      l2 = a2.fma(left, l2);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[ao + p * 4 + 3]);
      l3 = a3.fma(left, l3);
    }
    l0.intoArray(c, c0);
    l1.intoArray(c, c0 + cs);
    l2.intoArray(c, c0 + 2 * cs);
    l3.intoArray(c, c0 + 3 * cs);
  }

  static void two(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    FloatVector l1 = FloatVector.fromArray(SPECIES, s, s0 + ss);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p * 2]);
      l0 = a0.fma(left, l0);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[ao + p * 2 + 1]);
      l1 = a1.fma(left, l1);
    }
    l0.intoArray(c, c0);
    l1.intoArray(c, c0 + cs);
  }

  static void one(
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
    FloatVector l0 = FloatVector.fromArray(SPECIES, s, s0);
    for (int p = 0; p < k; p++) {
      int at = places[place + p];
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + at);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[ao + p]);
      l0 = a0.fma(left, l0);
    }
    l0.intoArray(c, c0);
  }
}
