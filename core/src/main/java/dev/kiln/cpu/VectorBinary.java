package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.operand;

import dev.kiln.backend.Binary;

/** Whole vectors of functions of two elements, in the manner of {@link VectorFunctions}. */
final class VectorBinary {
  private VectorBinary() {}

  /** Whether there are vectors of it: powers want a logarithm in double precision. */
  static boolean has(Binary f) {
    return switch (f) {
      case ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM -> true;
      case MAXIMUM_SLOPE, POW, POW_BASE_SLOPE, POW_EXPONENT_SLOPE -> false;
    };
  }

  /** {@code y = f(a, b)}, with steps as in {@link Loops#binary}; n counts whole vectors. */
  static void apply(
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
    if (n == 0) {
      return;
    }
    switch (f) {
      case ADD -> add(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case SUB -> sub(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case MUL -> mul(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case DIV -> div(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case MAXIMUM -> maximum(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      case MINIMUM -> minimum(a, aAt, aStep, b, bAt, bStep, y, yAt, n);
      default -> throw new IllegalArgumentException(f + " has no vectors");
    }
  }

  private static void add(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      operand(a, aAt, i, aStep).add(operand(b, bAt, i, bStep)).intoArray(y, yAt + i);
    }
  }

  private static void sub(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      operand(a, aAt, i, aStep).sub(operand(b, bAt, i, bStep)).intoArray(y, yAt + i);
    }
  }

  private static void mul(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      operand(a, aAt, i, aStep).mul(operand(b, bAt, i, bStep)).intoArray(y, yAt + i);
    }
  }

  private static void div(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      operand(a, aAt, i, aStep).div(operand(b, bAt, i, bStep)).intoArray(y, yAt + i);
    }
  }

  private static void maximum(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      operand(a, aAt, i, aStep).max(operand(b, bAt, i, bStep)).intoArray(y, yAt + i);
    }
  }

  private static void minimum(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      operand(a, aAt, i, aStep).min(operand(b, bAt, i, bStep)).intoArray(y, yAt + i);
    }
  }
}
