package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.LN_2_HIGH;
import static dev.kiln.cpu.VectorMath.LN_2_LOW;
import static dev.kiln.cpu.VectorMath.LOG2_E;
import static dev.kiln.cpu.VectorMath.ROUND;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.TANH_ONE;
import static dev.kiln.cpu.VectorMath.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * All steps of a plain recurrent layer of one vector, {@link Gates#plainSteps} and back: a step's
 * state is the next one's operand, and on its way there nothing but the lanes to be spread out goes
 * through memory.
 */
final class VectorRnn {
  private VectorRnn() {}

  /**
   * The tanh of {@link VectorFunctions}, with the same bits, written out here too: so long that C2
   * does not inline it. What is outside its bounds is put right at the end, where no step waits for
   * it.
   */
  static void tanh(float[] x, int bias, int gates, int h, int steps, Slots w, int hidden) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    for (int step = 0; step < steps; step++) {
      FloatVector v = load(x, gates + step * LANES).lanewise(VectorOperators.ADD, load(x, bias));
      for (int i = 0; i < hidden; i++) {
        v =
            FloatVector.broadcast(SPECIES, x[h + step * LANES + i])
                .lanewise(VectorOperators.FMA, load(w.data(), w.at(i, 0)), v);
      }
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
      FloatVector state = e.lanewise(VectorOperators.DIV, e.add(2));
      state = state.blend(one, v.compare(VectorOperators.GT, TANH_ONE));
      state = state.blend(one.neg(), v.compare(VectorOperators.LT, -TANH_ONE));
      state.intoArray(x, h + (step + 1) * LANES);
    }
  }

  static void relu(float[] x, int bias, int gates, int h, int steps, Slots w, int hidden) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int step = 0; step < steps; step++) {
      FloatVector start = load(x, gates + step * LANES).add(load(x, bias));
      FloatVector sum = product(start, x, h + step * LANES, w, hidden);
      FloatVector state = sum.blend(zero, sum.compare(VectorOperators.LE, zero));
      state.intoArray(x, h + (step + 1) * LANES);
    }
  }

  private static FloatVector product(FloatVector start, float[] x, int at, Slots w, int n) {
    FloatVector sum = start;
    for (int i = 0; i < n; i++) {
      sum = FloatVector.broadcast(SPECIES, x[at + i]).fma(load(w.data(), w.at(i, 0)), sum);
    }
    return sum;
  }

  static void tanhGradient(float[] x, int dh, Slots kept, int gates, int steps, Slots w, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector up = load(x, dh + steps * LANES);
    for (int step = steps - 1; step >= 0; step--) {
      FloatVector y = load(x, kept.at(step, 0));
      up = up.add(load(x, kept.at(step, 1)));
      up = up.mul(one.sub(y.mul(y)));
      up.intoArray(x, gates + step * LANES);
      up = product(FloatVector.zero(SPECIES), x, gates + step * LANES, w, n);
    }
    up.intoArray(x, dh);
  }

  static void reluGradient(float[] x, int dh, Slots kept, int gates, int steps, Slots w, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector up = load(x, dh + steps * LANES);
    for (int step = steps - 1; step >= 0; step--) {
      up = up.add(load(x, kept.at(step, 1)));
      FloatVector y = load(x, kept.at(step, 0));
      up = up.blend(zero, y.compare(VectorOperators.LE, zero));
      up.intoArray(x, gates + step * LANES);
      up = product(zero, x, gates + step * LANES, w, n);
    }
    up.intoArray(x, dh);
  }
}
