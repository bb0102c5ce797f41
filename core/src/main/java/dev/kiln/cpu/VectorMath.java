package dev.kiln.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp, softplus, erf and the logistic function of whole vectors, as polynomials; log and tanh are
 * written out in {@link VectorFunctions}. The coefficients are weighted minimax fits made for this
 * class; the bounds stated were measured over all floats.
 */
final class VectorMath {
  /** The property that caps the width of vectors, in bits. */
  static final String WIDTH = "kiln.cpu.bits";

  static final VectorSpecies<Float> SPECIES = species();
  static final int LANES = SPECIES.length();

  /** The class of all vectors of {@link #SPECIES}; it has no name outside the Vector API. */
  static final Class<? extends FloatVector> TYPE =
      SPECIES.vectorType().asSubclass(FloatVector.class);

  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());

  static final float LOG2_E = 1.442695f;
  // ln 2 in two parts: the first has 12 bits, so that its product with an exponent is exact
  static final float LN_2_HIGH = 0.693359375f;
  static final float LN_2_LOW = -2.12194440e-4f;
  private static final float LN_2 = 0.6931472f;
  // adding it leaves the nearest integer in the low bits of the sum
  static final float ROUND = 0x1.8p23f;
  static final float EXP_OVERFLOW = 88.72284f;
  static final float EXP_UNDERFLOW = -103.98f;
  // where exp(-x) is past 2^127, and where it is nothing beside 1
  static final float SIGMOID_LOW = -88.8f;
  static final float SIGMOID_HIGH = 88;
  // from here on tanh is 1
  static final float TANH_ONE = 9.5f;
  // (exp r - 1 - r) / r^2 for |r| <= ln 2 / 2
  static final float EXP_2 = 0.49999994f;
  static final float EXP_3 = 0.16666521f;
  static final float EXP_4 = 0.04166839f;
  static final float EXP_5 = 0.0083687175f;
  static final float EXP_6 = 0.0013814596f;
  // (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f from √½ to √2
  static final float LOG_3 = 0.33333313f;
  static final float LOG_4 = -0.2500001f;
  static final float LOG_5 = 0.20002119f;
  static final float LOG_6 = -0.16667996f;
  static final float LOG_7 = 0.14219552f;
  static final float LOG_8 = -0.12405589f;
  static final float LOG_9 = 0.11888162f;
  static final float LOG_10 = -0.11675652f;
  static final float LOG_11 = 0.06746641f;
  private static final float ROOT_TWO_LESS_1 = 0.41421357f;
  private static final float ROOT_HALF = 0.70710677f;
  static final int ROOT_HALF_BITS = Float.floatToRawIntBits(ROOT_HALF);

  private VectorMath() {}

  private static VectorSpecies<Float> species() {
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    int bits = Math.min(widest, Integer.getInteger(WIDTH, widest));
    return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
  }

  /**
   * Whether the processor has what the loops are made of. An x86 with nothing wider than SSE has no
   * fused multiply-add, and the JVM then computes each with BigDecimal.
   */
  static boolean isFast() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 256
        || System.getProperty("os.arch", "").equals("aarch64");
  }

  static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  /** An operand of which each element counts, or one for all: step 0. */
  static FloatVector operand(float[] array, int at, int i, int step) {
    return step == 0 ? FloatVector.broadcast(SPECIES, array[at]) : load(array, at + i);
  }

  /** The sum of the lanes, always in the same order: every other one, and then the two. */
  static float sumOfLanes(FloatVector v) {
    float[] lanes = Scratch.ofThread().array(Scratch.Role.LANES, LANES);
    v.intoArray(lanes, 0);
    float even = lanes[0];
    float odd = lanes[1];
    for (int i = 2; i < LANES; i += 2) {
      even += lanes[i];
      odd += lanes[i + 1];
    }
    return even + odd;
  }

  /** Within 1 unit in the last place where the result is normal; NaN stays NaN. */
  static FloatVector exp(FloatVector x) {
    // x = n ln 2 + r, |r| <= ln 2 / 2; exp x = 2^n exp r
    FloatVector shifted = x.mul(LOG2_E).add(ROUND);
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.neg().fma(FloatVector.broadcast(SPECIES, LN_2_HIGH), x);
    r = n.neg().fma(FloatVector.broadcast(SPECIES, LN_2_LOW), r);
    FloatVector p = nearExpMinus1(r).add(1);
    // 2^n in two factors, for n may pass what one exponent holds at either end
    IntVector bits = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
    IntVector half = bits.lanewise(VectorOperators.ASHR, 1);
    FloatVector result = p.mul(power(half)).mul(power(bits.sub(half)));
    VectorMask<Float> over = x.compare(VectorOperators.GT, EXP_OVERFLOW);
    VectorMask<Float> under = x.compare(VectorOperators.LT, EXP_UNDERFLOW);
    return result.blend(Float.POSITIVE_INFINITY, over).blend(0, under);
  }

  /** {@code exp(r) - 1} where {@code |r| <= ln 2 / 2}. */
  private static FloatVector nearExpMinus1(FloatVector r) {
    FloatVector q = FloatVector.broadcast(SPECIES, EXP_6);
    q = q.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
    q = q.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
    q = q.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
    q = q.fma(r, FloatVector.broadcast(SPECIES, EXP_2));
    return q.fma(r.mul(r), r);
  }

  /** {@code exp(x) - 1} for x up to 0, within 1.5 units in the last place. */
  static FloatVector expMinus1(FloatVector x) {
    VectorMask<Float> near = x.compare(VectorOperators.GT, -LN_2 / 2);
    return exp(x).sub(1).blend(nearExpMinus1(x), near);
  }

  /** {@code 2^exponent}, of which the low nine bits are read. */
  private static FloatVector power(IntVector exponent) {
    return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** Within 2.3 units in the last place. */
  static FloatVector sigmoid(FloatVector x) {
    // 1 / (1 + exp -x), whose 2^n at these bounds is infinite or 0: one factor will do
    FloatVector y = x.blend(SIGMOID_HIGH, x.compare(VectorOperators.GT, SIGMOID_HIGH));
    y = y.blend(SIGMOID_LOW, y.compare(VectorOperators.LT, SIGMOID_LOW));
    FloatVector shifted =
        y.fma(FloatVector.broadcast(SPECIES, -LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
    FloatVector p = nearExpMinus1(remainder(shifted.sub(ROUND), y.neg())).add(1);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    return one.div(p.fma(power(shifted.reinterpretAsInts()), one));
  }

  /** {@code x - n ln 2}. */
  private static FloatVector remainder(FloatVector n, FloatVector x) {
    FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN_2_HIGH), x);
    return n.fma(FloatVector.broadcast(SPECIES, -LN_2_LOW), r);
  }

  /** {@code (log(1 + f) - f + f^2 / 2) / f^3} where 1 + f is from √½ to √2. */
  private static FloatVector logPolynomial(FloatVector f) {
    FloatVector p = FloatVector.broadcast(SPECIES, LOG_11);
    p = p.fma(f, FloatVector.broadcast(SPECIES, LOG_10));
    p = p.fma(f, FloatVector.broadcast(SPECIES, LOG_9));
    p = p.fma(f, FloatVector.broadcast(SPECIES, LOG_8));
    p = p.fma(f, FloatVector.broadcast(SPECIES, LOG_7));
    p = p.fma(f, FloatVector.broadcast(SPECIES, LOG_6));
    p = p.fma(f, FloatVector.broadcast(SPECIES, LOG_5));
    p = p.fma(f, FloatVector.broadcast(SPECIES, LOG_4));
    return p.fma(f, FloatVector.broadcast(SPECIES, LOG_3));
  }

  /** {@code log(1 + exp(x))}, within 2.5 units in the last place; nothing overflows. */
  static FloatVector softplus(FloatVector x) {
    // log(1 + e) where e <= 1: of 1 + f, which is 1 + e or half of it, and f is exact
    FloatVector e = exp(x.abs().neg());
    VectorMask<Float> upper = e.compare(VectorOperators.GT, ROOT_TWO_LESS_1);
    FloatVector f = e.blend(e.sub(1).mul(0.5f), upper);
    FloatVector z = f.mul(f);
    FloatVector rest = logPolynomial(f).mul(f).mul(z);
    rest = rest.blend(rest.add(LN_2_LOW), upper);
    rest = f.add(z.fma(FloatVector.broadcast(SPECIES, -0.5f), rest));
    FloatVector log = rest.blend(rest.add(LN_2_HIGH), upper);
    FloatVector zero = FloatVector.zero(SPECIES);
    return x.blend(zero, x.compare(VectorOperators.LT, 0f)).add(log);
  }

  /** Within 1.5 units in the last place. */
  static FloatVector erf(FloatVector x) {
    FloatVector z = x.mul(x);
    FloatVector near = FloatVector.broadcast(SPECIES, ErrorFunction.N6);
    near = near.fma(z, FloatVector.broadcast(SPECIES, ErrorFunction.N5));
    near = near.fma(z, FloatVector.broadcast(SPECIES, ErrorFunction.N4));
    near = near.fma(z, FloatVector.broadcast(SPECIES, ErrorFunction.N3));
    near = near.fma(z, FloatVector.broadcast(SPECIES, ErrorFunction.N2));
    near = near.fma(z, FloatVector.broadcast(SPECIES, ErrorFunction.N1));
    near = near.fma(z, FloatVector.broadcast(SPECIES, ErrorFunction.N0));
    near = near.fma(x, x);
    FloatVector a = x.abs();
    FloatVector f = FloatVector.broadcast(SPECIES, ErrorFunction.F6);
    f = f.fma(a, FloatVector.broadcast(SPECIES, ErrorFunction.F5));
    f = f.fma(a, FloatVector.broadcast(SPECIES, ErrorFunction.F4));
    f = f.fma(a, FloatVector.broadcast(SPECIES, ErrorFunction.F3));
    f = f.fma(a, FloatVector.broadcast(SPECIES, ErrorFunction.F2));
    f = f.fma(a, FloatVector.broadcast(SPECIES, ErrorFunction.F1));
    f = f.fma(a, FloatVector.broadcast(SPECIES, ErrorFunction.F0));
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector far = one.sub(exp(f.neg()));
    far = far.blend(one, a.compare(VectorOperators.GE, ErrorFunction.ONE));
    far = far.blend(far.neg(), x.compare(VectorOperators.LT, 0));
    // NaN is not below, and its far is NaN
    return far.blend(near, a.compare(VectorOperators.LT, ErrorFunction.NEAR));
  }
}
