package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.LN_2_HIGH;
import static dev.kiln.cpu.VectorMath.LN_2_LOW;
import static dev.kiln.cpu.VectorMath.LOG2_E;
import static dev.kiln.cpu.VectorMath.ROOT_HALF_BITS;
import static dev.kiln.cpu.VectorMath.ROUND;
import static dev.kiln.cpu.VectorMath.SIGMOID_HIGH;
import static dev.kiln.cpu.VectorMath.SIGMOID_LOW;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.TANH_ONE;
import static dev.kiln.cpu.VectorMath.load;

import dev.kiln.backend.Unary;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The functions of one element in the Vector API; what is left of a run, less than one vector, is
 * one more vector in scratch. Each function has a method of its own: two in one body pass what C2
 * is willing to inline, and every vector becomes an object.
 */
final class VectorFunctions {
  static final float GELU_SCALE = 1.5957691f;
  static final float GELU_CUBE = 0.044715f;
  private static final float ROOT_HALF = 0.70710677f;

  private VectorFunctions() {}

  /** Any number of elements; {@code y} may be {@code x}. */
  static void apply(Unary f, float[] x, int xAt, float[] y, int yAt, int n) {
    int whole = SPECIES.loopBound(n);
    vectors(f, x, xAt, y, yAt, whole);
    if (whole < n) {
      float[] last = Scratch.ofThread().array(Scratch.Role.LANES, LANES);
      System.arraycopy(x, xAt + whole, last, 0, n - whole);
      Arrays.fill(last, n - whole, LANES, 1);
      vectors(f, last, 0, last, 0, LANES);
      System.arraycopy(last, 0, y, yAt + whole, n - whole);
    }
  }

  private static void vectors(Unary f, float[] x, int xAt, float[] y, int yAt, int n) {
    switch (f.function()) {
      case RELU -> relu(x, xAt, y, yAt, n);
      case SIGMOID -> sigmoid(x, xAt, y, yAt, n);
      case TANH -> tanh(x, xAt, y, yAt, n);
      case LEAKY_RELU -> leakyRelu(f.a(), x, xAt, y, yAt, n);
      case ELU -> elu(f.a(), x, xAt, y, yAt, n);
      case GELU -> gelu(x, xAt, y, yAt, n);
      case GELU_TANH -> geluTanh(x, xAt, y, yAt, n);
      case SOFTPLUS -> softplus(f.a(), f.b(), x, xAt, y, yAt, n);
      case SILU -> silu(x, xAt, y, yAt, n);
      case HARD_SIGMOID -> hardSigmoid(x, xAt, y, yAt, n);
      case HARD_SWISH -> hardSwish(x, xAt, y, yAt, n);
      case EXP -> exp(x, xAt, y, yAt, n);
      case LOG -> log(x, xAt, y, yAt, n);
      case SQRT -> sqrt(x, xAt, y, yAt, n);
      case RSQRT -> rsqrt(x, xAt, y, yAt, n);
      case ABS -> abs(x, xAt, y, yAt, n);
      case SQUARE -> square(x, xAt, y, yAt, n);
      case RECIPROCAL -> reciprocal(x, xAt, y, yAt, n);
      case CLAMP, HARD_TANH -> clamp(f.a(), f.b(), x, xAt, y, yAt, n);
      // a logarithm in double precision: no vectors
      case POW -> ScalarFunctions.forward(f, x, xAt, y, yAt, n);
    }
  }

  /** The normal distribution, {@code (1 + erf(x / √2)) / 2}. */
  static FloatVector normal(FloatVector x) {
    return VectorMath.erf(x.mul(ROOT_HALF)).add(1).mul(0.5f);
  }

  /** The approximate GELU is x times the logistic function of this: {@code (1 + tanh(u)) / 2}. */
  static FloatVector geluAngle(FloatVector x) {
    return x.mul(x).mul(x).mul(GELU_CUBE).add(x).mul(GELU_SCALE);
  }

  private static FloatVector hardSigmoid(FloatVector x) {
    return clamp(x.div(6).add(0.5f), 0, 1);
  }

  private static FloatVector clamp(FloatVector x, float min, float max) {
    FloatVector y = x.blend(min, x.compare(VectorOperators.LT, min));
    return y.blend(max, y.compare(VectorOperators.GT, max));
  }

  private static void relu(float[] x, int xAt, float[] y, int yAt, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      // not max(): a comparison lets NaN through, as it should, and costs less
      v.blend(zero, v.compare(VectorOperators.LE, zero)).intoArray(y, yAt + i);
    }
  }

  /**
   * {@link VectorMath#sigmoid}, written out: so long, in bytes of code, that C2 does not inline it.
   * Where one caller wants this and another function, both inlined would pass its budget.
   */
  private static void sigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      v = v.blend(SIGMOID_HIGH, v.compare(VectorOperators.GT, SIGMOID_HIGH));
      v = v.blend(SIGMOID_LOW, v.compare(VectorOperators.LT, SIGMOID_LOW));
      FloatVector shifted =
          v.lanewise(
              VectorOperators.FMA,
              FloatVector.broadcast(SPECIES, -LOG2_E),
              FloatVector.broadcast(SPECIES, ROUND));
      FloatVector k = shifted.lanewise(VectorOperators.SUB, ROUND);
      FloatVector r =
          k.lanewise(
              VectorOperators.FMA,
              FloatVector.broadcast(SPECIES, -LN_2_HIGH),
              v.lanewise(VectorOperators.NEG));
      r = k.lanewise(VectorOperators.FMA, FloatVector.broadcast(SPECIES, -LN_2_LOW), r);
      FloatVector p = FloatVector.broadcast(SPECIES, VectorMath.EXP_6);
      p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(SPECIES, VectorMath.EXP_5));
      p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(SPECIES, VectorMath.EXP_4));
      p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(SPECIES, VectorMath.EXP_3));
      p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(SPECIES, VectorMath.EXP_2));
      p = p.lanewise(VectorOperators.FMA, r.lanewise(VectorOperators.MUL, r), r).add(1);
      IntVector bits = shifted.reinterpretAsInts().add(127);
      FloatVector scale = bits.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      one.lanewise(VectorOperators.DIV, p.lanewise(VectorOperators.FMA, scale, one))
          .intoArray(y, yAt + i);
    }
  }

  /** Within 2.5 units in the last place; written out likewise. */
  private static void tanh(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      v = v.blend(TANH_ONE, v.compare(VectorOperators.GT, TANH_ONE));
      v = v.blend(-TANH_ONE, v.compare(VectorOperators.LT, -TANH_ONE));
      // e / (e + 2) with e = exp 2v - 1 = 2^k (exp r - 1) + (2^k - 1), which keeps its digits near
      // 0
      FloatVector shifted =
          v.lanewise(
              VectorOperators.FMA,
              FloatVector.broadcast(SPECIES, 2 * LOG2_E),
              FloatVector.broadcast(SPECIES, ROUND));
      FloatVector k = shifted.lanewise(VectorOperators.SUB, ROUND);
      FloatVector r =
          k.lanewise(
              VectorOperators.FMA,
              FloatVector.broadcast(SPECIES, -LN_2_HIGH),
              v.lanewise(VectorOperators.ADD, v));
      r = k.lanewise(VectorOperators.FMA, FloatVector.broadcast(SPECIES, -LN_2_LOW), r);
      FloatVector p = FloatVector.broadcast(SPECIES, VectorMath.EXP_6);
      p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(SPECIES, VectorMath.EXP_5));
      p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(SPECIES, VectorMath.EXP_4));
      p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(SPECIES, VectorMath.EXP_3));
      p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(SPECIES, VectorMath.EXP_2));
      p = p.lanewise(VectorOperators.FMA, r.lanewise(VectorOperators.MUL, r), r);
      IntVector bits = shifted.reinterpretAsInts().add(127);
      FloatVector scale = bits.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector e = p.lanewise(VectorOperators.FMA, scale, scale.sub(1));
      e.lanewise(VectorOperators.DIV, e.add(2)).intoArray(y, yAt + i);
    }
  }

  private static void leakyRelu(float slope, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yAt + i);
    }
  }

  private static void elu(float alpha, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      FloatVector below = VectorMath.expMinus1(v).mul(alpha);
      below.blend(v, v.compare(VectorOperators.GT, 0)).intoArray(y, yAt + i);
    }
  }

  private static void gelu(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      v.mul(normal(v)).intoArray(y, yAt + i);
    }
  }

  private static void geluTanh(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      v.mul(VectorMath.sigmoid(geluAngle(v))).intoArray(y, yAt + i);
    }
  }

  private static void softplus(
      float beta, float threshold, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      FloatVector z = v.mul(beta);
      FloatVector s = VectorMath.softplus(z).div(beta);
      s.blend(v, z.compare(VectorOperators.GT, threshold)).intoArray(y, yAt + i);
    }
  }

  private static void silu(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      v.mul(VectorMath.sigmoid(v)).intoArray(y, yAt + i);
    }
  }

  private static void hardSigmoid(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      hardSigmoid(load(x, xAt + i)).intoArray(y, yAt + i);
    }
  }

  private static void hardSwish(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      v.mul(hardSigmoid(v)).intoArray(y, yAt + i);
    }
  }

  private static void exp(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      VectorMath.exp(load(x, xAt + i)).intoArray(y, yAt + i);
    }
  }

  /**
   * Within 1 unit in the last place; negative infinity at 0, NaN below. Written out likewise, else
   * the logarithm and the exponential of a loss are in one body.
   */
  private static void log(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      // subnormal numbers are made normal ones first
      VectorMask<Float> tiny = v.compare(VectorOperators.LT, Float.MIN_NORMAL);
      FloatVector scaled = v.blend(v.lanewise(VectorOperators.MUL, 0x1p24f), tiny);
      // v = 2^k m with m from √½ to √2; the difference of the bit patterns counts whole octaves
      IntVector bits = scaled.reinterpretAsInts();
      IntVector octave =
          bits.lanewise(VectorOperators.SUB, ROOT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
      IntVector whole = octave.lanewise(VectorOperators.LSHL, 23);
      FloatVector m = bits.lanewise(VectorOperators.SUB, whole).reinterpretAsFloats();
      FloatVector k = (FloatVector) octave.convertShape(VectorOperators.I2F, SPECIES, 0);
      k = k.blend(k.lanewise(VectorOperators.SUB, 24f), tiny);
      // log(1 + f) = f - f^2 / 2 + f^3 p(f)
      FloatVector f = m.lanewise(VectorOperators.SUB, 1f);
      FloatVector p = FloatVector.broadcast(SPECIES, VectorMath.LOG_11);
      p = p.lanewise(VectorOperators.FMA, f, FloatVector.broadcast(SPECIES, VectorMath.LOG_10));
      p = p.lanewise(VectorOperators.FMA, f, FloatVector.broadcast(SPECIES, VectorMath.LOG_9));
      p = p.lanewise(VectorOperators.FMA, f, FloatVector.broadcast(SPECIES, VectorMath.LOG_8));
      p = p.lanewise(VectorOperators.FMA, f, FloatVector.broadcast(SPECIES, VectorMath.LOG_7));
      p = p.lanewise(VectorOperators.FMA, f, FloatVector.broadcast(SPECIES, VectorMath.LOG_6));
      p = p.lanewise(VectorOperators.FMA, f, FloatVector.broadcast(SPECIES, VectorMath.LOG_5));
      p = p.lanewise(VectorOperators.FMA, f, FloatVector.broadcast(SPECIES, VectorMath.LOG_4));
      p = p.lanewise(VectorOperators.FMA, f, FloatVector.broadcast(SPECIES, VectorMath.LOG_3));
      FloatVector square = f.lanewise(VectorOperators.MUL, f);
      p = p.lanewise(VectorOperators.MUL, f).lanewise(VectorOperators.MUL, square);
      p = k.lanewise(VectorOperators.FMA, FloatVector.broadcast(SPECIES, LN_2_LOW), p);
      p = square.lanewise(VectorOperators.FMA, FloatVector.broadcast(SPECIES, -0.5f), p);
      p = f.lanewise(VectorOperators.ADD, p);
      p = k.lanewise(VectorOperators.FMA, FloatVector.broadcast(SPECIES, LN_2_HIGH), p);
      p = p.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0f));
      p = p.blend(Float.NaN, v.compare(VectorOperators.LT, 0f));
      // infinity and NaN as they are
      v.blend(p, v.compare(VectorOperators.LT, Float.POSITIVE_INFINITY)).intoArray(y, yAt + i);
    }
  }

  private static void sqrt(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(x, xAt + i).sqrt().intoArray(y, yAt + i);
    }
  }

  private static void rsqrt(float[] x, int xAt, float[] y, int yAt, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < n; i += LANES) {
      one.div(load(x, xAt + i).sqrt()).intoArray(y, yAt + i);
    }
  }

  private static void abs(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(x, xAt + i).abs().intoArray(y, yAt + i);
    }
  }

  private static void square(float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      v.mul(v).intoArray(y, yAt + i);
    }
  }

  private static void reciprocal(float[] x, int xAt, float[] y, int yAt, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < n; i += LANES) {
      one.div(load(x, xAt + i)).intoArray(y, yAt + i);
    }
  }

  private static void clamp(float min, float max, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      clamp(load(x, xAt + i), min, max).intoArray(y, yAt + i);
    }
  }
}
