package dev.kiln.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp, tanh and the logistic function of whole vectors, as polynomials. The coefficients are
 * weighted minimax fits made for this class; the bounds stated were measured over all floats.
 */
final class VectorMath {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());

  private static final float LOG2_E = 1.442695f;
  // ln 2 in two parts: the first has 12 bits, so that its product with an exponent is exact
  private static final float LN_2_HIGH = 0.693359375f;
  private static final float LN_2_LOW = -2.12194440e-4f;
  // adding it leaves the nearest integer in the low bits of the sum
  private static final float ROUND = 0x1.8p23f;
  private static final float EXP_OVERFLOW = 88.72284f;
  private static final float EXP_UNDERFLOW = -103.98f;
  private static final float TANH_SMALL = 0.625f;

  private VectorMath() {}

  /**
   * Whether the processor has what the loops are made of. An x86 with nothing wider than SSE has no
   * fused multiply-add, and the JVM then computes each with BigDecimal.
   */
  static boolean isFast() {
    return SPECIES.vectorBitSize() >= 256 || System.getProperty("os.arch", "").equals("aarch64");
  }

  static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  /** The sum of the lanes, from the first to the last. */
  static float sumOfLanes(FloatVector v) {
    float[] lanes = Scratch.ofThread().array(Scratch.Role.LANES, LANES);
    v.intoArray(lanes, 0);
    float sum = 0;
    for (int i = 0; i < LANES; i++) {
      sum += lanes[i];
    }
    return sum;
  }

  /** Within 1 unit in the last place where the result is normal; NaN stays NaN. */
  static FloatVector exp(FloatVector x) {
    // x = n ln 2 + r, |r| <= ln 2 / 2; exp x = 2^n exp r
    FloatVector shifted = x.mul(LOG2_E).add(ROUND);
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.neg().fma(FloatVector.broadcast(SPECIES, LN_2_HIGH), x);
    r = n.neg().fma(FloatVector.broadcast(SPECIES, LN_2_LOW), r);
    FloatVector q = FloatVector.broadcast(SPECIES, 0.0013814596f);
    q = q.fma(r, FloatVector.broadcast(SPECIES, 0.0083687175f));
    q = q.fma(r, FloatVector.broadcast(SPECIES, 0.04166839f));
    q = q.fma(r, FloatVector.broadcast(SPECIES, 0.16666521f));
    q = q.fma(r, FloatVector.broadcast(SPECIES, 0.49999994f));
    FloatVector p = q.fma(r.mul(r), r).add(1);
    // 2^n in two factors, for n may pass what one exponent holds at either end
    IntVector bits = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
    IntVector half = bits.lanewise(VectorOperators.ASHR, 1);
    FloatVector result = p.mul(power(half)).mul(power(bits.sub(half)));
    VectorMask<Float> over = x.compare(VectorOperators.GT, EXP_OVERFLOW);
    VectorMask<Float> under = x.compare(VectorOperators.LT, EXP_UNDERFLOW);
    return result.blend(Float.POSITIVE_INFINITY, over).blend(0, under);
  }

  private static FloatVector power(IntVector exponent) {
    return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** Within 2.2 units in the last place. */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    return one.div(exp(x.neg()).add(one));
  }

  /** Within 1.4 units in the last place. */
  static FloatVector tanh(FloatVector x) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector magnitude = x.abs();
    // away from 0: 1 - 2 / (exp 2|x| + 1), with the sign of x
    FloatVector two = FloatVector.broadcast(SPECIES, 2);
    FloatVector far = one.sub(two.div(exp(magnitude.add(magnitude)).add(one)));
    far = far.blend(far.neg(), x.compare(VectorOperators.LT, 0));
    // near 0: x + x^3 p(x^2)
    FloatVector z = x.mul(x);
    FloatVector p = FloatVector.broadcast(SPECIES, -0.0057049743f);
    p = p.fma(z, FloatVector.broadcast(SPECIES, 0.020639075f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, -0.05373971f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, 0.13331442f));
    p = p.fma(z, FloatVector.broadcast(SPECIES, -0.3333328f));
    FloatVector near = p.mul(z).fma(x, x);
    return far.blend(near, magnitude.compare(VectorOperators.LT, TANH_SMALL));
  }
}
