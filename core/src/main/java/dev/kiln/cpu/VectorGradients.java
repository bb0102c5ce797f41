package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import dev.kiln.backend.Unary;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The gradients of the functions of one element in the Vector API, from what each keeps; in the
 * manner of {@link VectorFunctions}.
 */
final class VectorGradients {
  private static final float NORMAL_DENSITY = 0.3989423f;

  private VectorGradients() {}

  /** Any number of elements; {@code dx} may be {@code dy}. */
  static void apply(
      Unary f, float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    int whole = SPECIES.loopBound(n);
    vectors(f, kept, keptAt, dy, dyAt, dx, dxAt, whole);
    if (whole < n) {
      float[] last = Scratch.ofThread().array(Scratch.Role.LANES, 2 * LANES);
      Arrays.fill(last, 0, 2 * LANES, 1);
      System.arraycopy(kept, keptAt + whole, last, 0, n - whole);
      System.arraycopy(dy, dyAt + whole, last, LANES, n - whole);
      vectors(f, last, 0, last, LANES, last, LANES, LANES);
      System.arraycopy(last, LANES, dx, dxAt + whole, n - whole);
    }
  }

  private static void vectors(
      Unary f, float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    switch (f.function()) {
      case RELU -> relu(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case SIGMOID -> sigmoid(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case TANH -> tanh(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case LEAKY_RELU -> leakyRelu(f.a(), kept, keptAt, dy, dyAt, dx, dxAt, n);
      case ELU -> elu(f.a(), kept, keptAt, dy, dyAt, dx, dxAt, n);
      case GELU -> gelu(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case GELU_TANH -> geluTanh(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case SOFTPLUS -> softplus(f.a(), f.b(), kept, keptAt, dy, dyAt, dx, dxAt, n);
      case SILU -> silu(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case HARD_SIGMOID -> hardSigmoid(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case HARD_SWISH -> hardSwish(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case EXP -> exp(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case LOG -> log(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case SQRT -> sqrt(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case RSQRT -> rsqrt(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case ABS -> abs(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case SQUARE -> square(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case RECIPROCAL -> reciprocal(kept, keptAt, dy, dyAt, dx, dxAt, n);
      case CLAMP -> clamp(f.a(), f.b(), kept, keptAt, dy, dyAt, dx, dxAt, n);
      case HARD_TANH -> hardTanh(f.a(), f.b(), kept, keptAt, dy, dyAt, dx, dxAt, n);
      case POW -> ScalarFunctions.gradient(f, kept, keptAt, dy, dyAt, dx, dxAt, n);
    }
  }

  private static void relu(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> off = load(kept, keptAt + i).compare(VectorOperators.LE, zero);
      load(dy, dyAt + i).blend(zero, off).intoArray(dx, dxAt + i);
    }
  }

  private static void sigmoid(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < n; i += LANES) {
      FloatVector y = load(kept, keptAt + i);
      load(dy, dyAt + i).mul(y.mul(one.sub(y))).intoArray(dx, dxAt + i);
    }
  }

  private static void tanh(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < n; i += LANES) {
      FloatVector y = load(kept, keptAt + i);
      load(dy, dyAt + i).mul(one.sub(y.mul(y))).intoArray(dx, dxAt + i);
    }
  }

  private static void leakyRelu(
      float slope, float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector d = load(dy, dyAt + i);
      VectorMask<Float> above = load(kept, keptAt + i).compare(VectorOperators.GT, 0);
      d.mul(slope).blend(d, above).intoArray(dx, dxAt + i);
    }
  }

  private static void elu(
      float alpha, float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = load(kept, keptAt + i);
      FloatVector d = load(dy, dyAt + i);
      FloatVector below = d.mul(VectorMath.exp(x).mul(alpha));
      below.blend(d, x.compare(VectorOperators.GT, 0)).intoArray(dx, dxAt + i);
    }
  }

  private static void gelu(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = load(kept, keptAt + i);
      FloatVector density = VectorMath.exp(x.mul(x).mul(-0.5f)).mul(NORMAL_DENSITY);
      FloatVector slope = VectorFunctions.normal(x).add(x.mul(density));
      load(dy, dyAt + i).mul(slope).intoArray(dx, dxAt + i);
    }
  }

  private static void geluTanh(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = load(kept, keptAt + i);
      FloatVector u = VectorFunctions.geluAngle(x);
      FloatVector gate = VectorMath.sigmoid(u);
      FloatVector rest = VectorMath.sigmoid(u.neg());
      FloatVector angleSlope =
          x.mul(x).mul(3 * VectorFunctions.GELU_CUBE).add(1).mul(VectorFunctions.GELU_SCALE);
      FloatVector slope = x.mul(gate.mul(rest)).mul(angleSlope).add(gate);
      load(dy, dyAt + i).mul(slope).intoArray(dx, dxAt + i);
    }
  }

  private static void softplus(
      float beta,
      float threshold,
      float[] kept,
      int keptAt,
      float[] dy,
      int dyAt,
      float[] dx,
      int dxAt,
      int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector z = load(kept, keptAt + i).mul(beta);
      FloatVector d = load(dy, dyAt + i);
      FloatVector below = d.mul(VectorMath.sigmoid(z));
      below.blend(d, z.compare(VectorOperators.GT, threshold)).intoArray(dx, dxAt + i);
    }
  }

  private static void silu(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = load(kept, keptAt + i);
      FloatVector s = VectorMath.sigmoid(x);
      FloatVector slope = s.mul(x.mul(one.sub(s)).add(1));
      load(dy, dyAt + i).mul(slope).intoArray(dx, dxAt + i);
    }
  }

  private static void hardSigmoid(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      VectorMask<Float> inside = load(kept, keptAt + i).abs().compare(VectorOperators.LT, 3);
      zero.blend(load(dy, dyAt + i).div(6), inside).intoArray(dx, dxAt + i);
    }
  }

  private static void hardSwish(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = load(kept, keptAt + i);
      FloatVector d = load(dy, dyAt + i);
      FloatVector inside = d.mul(x.div(3).add(0.5f));
      FloatVector upper = d.blend(inside, x.compare(VectorOperators.LE, 3));
      upper.blend(zero, x.compare(VectorOperators.LT, -3)).intoArray(dx, dxAt + i);
    }
  }

  private static void exp(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(dy, dyAt + i).mul(load(kept, keptAt + i)).intoArray(dx, dxAt + i);
    }
  }

  private static void log(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(dy, dyAt + i).div(load(kept, keptAt + i)).intoArray(dx, dxAt + i);
    }
  }

  private static void sqrt(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(dy, dyAt + i).div(load(kept, keptAt + i).mul(2)).intoArray(dx, dxAt + i);
    }
  }

  private static void rsqrt(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector y = load(kept, keptAt + i);
      load(dy, dyAt + i).mul(-0.5f).mul(y.mul(y).mul(y)).intoArray(dx, dxAt + i);
    }
  }

  private static void abs(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = load(kept, keptAt + i);
      FloatVector d = load(dy, dyAt + i);
      FloatVector upper = zero.blend(d, x.compare(VectorOperators.GT, 0));
      upper.blend(d.neg(), x.compare(VectorOperators.LT, 0)).intoArray(dx, dxAt + i);
    }
  }

  private static void square(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      load(kept, keptAt + i).mul(2).mul(load(dy, dyAt + i)).intoArray(dx, dxAt + i);
    }
  }

  private static void reciprocal(
      float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector y = load(kept, keptAt + i);
      load(dy, dyAt + i).neg().mul(y.mul(y)).intoArray(dx, dxAt + i);
    }
  }

  private static void clamp(
      float min,
      float max,
      float[] kept,
      int keptAt,
      float[] dy,
      int dyAt,
      float[] dx,
      int dxAt,
      int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      FloatVector x = load(kept, keptAt + i);
      VectorMask<Float> inside = x.compare(VectorOperators.GE, min);
      inside = inside.and(x.compare(VectorOperators.LE, max));
      zero.blend(load(dy, dyAt + i), inside).intoArray(dx, dxAt + i);
    }
  }

  private static void hardTanh(
      float min,
      float max,
      float[] kept,
      int keptAt,
      float[] dy,
      int dyAt,
      float[] dx,
      int dxAt,
      int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += LANES) {
      FloatVector y = load(kept, keptAt + i);
      VectorMask<Float> inside = y.compare(VectorOperators.GT, min);
      inside = inside.and(y.compare(VectorOperators.LT, max));
      zero.blend(load(dy, dyAt + i), inside).intoArray(dx, dxAt + i);
    }
  }
}
