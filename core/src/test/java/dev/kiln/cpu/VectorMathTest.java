package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Unary;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class VectorMathTest {
  /** A prime, so that over all 2^32 bit patterns it meets every exponent many times. */
  private static final int EVERY = 997;

  @Test
  void expIsWithinOneUnitInTheLastPlaceOverAllFloats() {
    assertThat(worst(VectorMath::exp, Math::exp)).isLessThan(1.0);
  }

  @Test
  void sigmoidKeepsItsBoundOverAllFloats() {
    // where it is a part of another function, and by itself
    assertThat(worst(VectorMath::sigmoid, x -> 1 / (1 + Math.exp(-x)))).isLessThan(2.3);
    assertThat(worst(VectorMathTest::sigmoid, x -> 1 / (1 + Math.exp(-x)))).isLessThan(2.3);
  }

  @Test
  void tanhKeepsItsBoundOverAllFloats() {
    assertThat(worst(VectorMathTest::tanh, Math::tanh)).isLessThan(2.5);
  }

  @Test
  void logIsWithinOneUnitInTheLastPlaceOverAllFloats() {
    assertThat(worst(VectorMathTest::log, Math::log)).isLessThan(1.0);
  }

  @Test
  void softplusKeepsItsBoundOverAllFloats() {
    assertThat(worst(VectorMath::softplus, ScalarFunctions::softplus)).isLessThan(2.5);
  }

  @Test
  void erfKeepsItsBoundOverAllFloats() {
    assertThat(worst(VectorMath::erf, VectorMathTest::erf)).isLessThan(1.5);
  }

  @Test
  void theErrorFunctionInDoublePrecisionIsWithinTenMillionths() {
    for (double x = 1e-3; x < 4.5; x += 1e-3) {
      assertThat(Math.abs(ErrorFunction.of(x) / erf(x) - 1)).as("erf(%s)", x).isLessThan(1e-7);
      assertThat(ErrorFunction.of(-x)).isEqualTo(-ErrorFunction.of(x));
    }
    assertThat(ErrorFunction.of(Double.NaN)).isNaN();
  }

  @Test
  void expMinus1KeepsItsBoundUpToZero() {
    assertThat(worst(x -> VectorMath.expMinus1(x.abs().neg()), x -> Math.expm1(-Math.abs(x))))
        .isLessThan(1.5);
  }

  private static FloatVector log(FloatVector x) {
    return applied(Unary.LOG, x);
  }

  private static FloatVector sigmoid(FloatVector x) {
    return applied(Unary.SIGMOID, x);
  }

  private static FloatVector tanh(FloatVector x) {
    return applied(Unary.TANH, x);
  }

  /** By the loop over a run, where it is written out. */
  private static FloatVector applied(Unary f, FloatVector x) {
    float[] values = x.toArray();
    VectorFunctions.apply(f, values, 0, values, 0, values.length);
    return VectorMath.load(values, 0);
  }

  /** By its series near 0, and by the continued fraction of what is missing to 1 far from it. */
  private static double erf(double x) {
    double a = Math.abs(x);
    if (a > 6) {
      return Math.signum(x);
    }
    double sum;
    if (a < 2.5) {
      double term = a;
      sum = a;
      for (int n = 1; n < 60; n++) {
        term *= -a * a / n;
        sum += term / (2 * n + 1);
      }
      sum *= 2 / Math.sqrt(Math.PI);
    } else {
      double fraction = 0;
      for (int n = 60; n > 0; n--) {
        fraction = n / 2.0 / (a + fraction);
      }
      sum = 1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction);
    }
    return Math.copySign(sum, x);
  }

  @Test
  void theFunctionsGoToTheirLimits() {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(of(VectorMath::exp, inf, -inf, 0, 100, -200)).containsExactly(inf, 0, 1, inf, 0);
    assertThat(of(VectorMath::sigmoid, inf, -inf, 0)).containsExactly(1, 0, 0.5f);
    assertThat(of(VectorMathTest::sigmoid, inf, -inf, 0)).containsExactly(1, 0, 0.5f);
    assertThat(of(VectorMathTest::tanh, inf, -inf, 0, 50, -50)).containsExactly(1, -1, 0, 1, -1);
    assertThat(of(VectorMath::erf, inf, -inf, 0, 50, -50)).containsExactly(1, -1, 0, 1, -1);
    assertThat(of(VectorMathTest::log, inf, 0, 1)).containsExactly(inf, -inf, 0);
    assertThat(of(VectorMathTest::log, -0f, -1f, -inf)).containsExactly(-inf, Float.NaN, Float.NaN);
    assertThat(of(VectorMath::softplus, inf, -inf, 200)).containsExactly(inf, 0, 200);
    assertThat(of(VectorMath::expMinus1, -inf, -0f, -200)).containsExactly(-1, 0, -1);
  }

  @Test
  void nanStaysNan() {
    assertThat(of(VectorMath::exp, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMath::sigmoid, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMathTest::sigmoid, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMathTest::tanh, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMathTest::log, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMath::erf, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMath::softplus, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMath::expMinus1, Float.NaN)[0]).isNaN();
  }

  /** The largest error in units in the last place, where the true result is a normal float. */
  private static double worst(UnaryOperator<FloatVector> f, DoubleUnaryOperator truth) {
    int lanes = VectorMath.LANES;
    float[] x = new float[lanes];
    float[] y = new float[lanes];
    double worst = 0;
    for (long bits = 0; bits < 1L << 32; bits += (long) EVERY * lanes) {
      for (int i = 0; i < lanes; i++) {
        x[i] = Float.intBitsToFloat((int) (bits + (long) i * EVERY));
      }
      f.apply(VectorMath.load(x, 0)).intoArray(y, 0);
      for (int i = 0; i < lanes; i++) {
        worst = Math.max(worst, error(y[i], truth.applyAsDouble(x[i])));
      }
    }
    return worst;
  }

  private static double error(float actual, double truth) {
    double size = Math.abs(truth);
    if (size > Float.MAX_VALUE || size < Float.MIN_NORMAL || Double.isNaN(truth)) {
      return 0;
    }
    return Math.abs(actual - truth) / Math.ulp((float) truth);
  }

  private static float[] of(UnaryOperator<FloatVector> f, float... x) {
    float[] padded = new float[Math.max(x.length, VectorMath.LANES) + VectorMath.LANES];
    System.arraycopy(x, 0, padded, 0, x.length);
    float[] y = new float[padded.length];
    for (int i = 0; i < x.length; i += VectorMath.LANES) {
      f.apply(VectorMath.load(padded, i)).intoArray(y, i);
    }
    return Arrays.copyOf(y, x.length);
  }
}
