package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(worst(VectorMath::sigmoid, x -> 1 / (1 + Math.exp(-x)))).isLessThan(2.2);
  }

  @Test
  void tanhKeepsItsBoundOverAllFloats() {
    assertThat(worst(VectorMath::tanh, Math::tanh)).isLessThan(1.4);
  }

  @Test
  void theFunctionsGoToTheirLimits() {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(of(VectorMath::exp, inf, -inf, 0, 100, -200)).containsExactly(inf, 0, 1, inf, 0);
    assertThat(of(VectorMath::sigmoid, inf, -inf, 0)).containsExactly(1, 0, 0.5f);
    assertThat(of(VectorMath::tanh, inf, -inf, 0, 50, -50)).containsExactly(1, -1, 0, 1, -1);
  }

  @Test
  void nanStaysNan() {
    assertThat(of(VectorMath::exp, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMath::sigmoid, Float.NaN)[0]).isNaN();
    assertThat(of(VectorMath::tanh, Float.NaN)[0]).isNaN();
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
