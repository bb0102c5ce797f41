package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import dev.kiln.backend.PairLoss;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Whole vectors of losses between elements and their targets, in the manner of {@link
 * VectorFunctions}.
 */
final class VectorPairLosses {
  private VectorPairLosses() {}

  /** {@code y = f(x, target)}; n counts whole vectors. */
  static void values(
      PairLoss f, float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    switch (f.function()) {
      case MSE -> mse(x, xAt, target, targetAt, y, yAt, n);
      case L1 -> l1(x, xAt, target, targetAt, y, yAt, n);
      case SMOOTH_L1 -> smoothL1(f.a(), x, xAt, target, targetAt, y, yAt, n);
      case HUBER -> huber(f.a(), x, xAt, target, targetAt, y, yAt, n);
      case BCE_WITH_LOGITS -> bce(x, xAt, target, targetAt, y, yAt, n);
    }
  }

  /** {@code y = f'(x, target)}. */
  static void slopes(
      PairLoss f, float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    switch (f.function()) {
      case MSE -> mseSlope(x, xAt, target, targetAt, y, yAt, n);
      case L1 -> l1Slope(x, xAt, target, targetAt, y, yAt, n);
      case SMOOTH_L1 -> boundedSlope(f.a(), 1, x, xAt, target, targetAt, y, yAt, n);
      case HUBER -> boundedSlope(f.a(), f.a(), x, xAt, target, targetAt, y, yAt, n);
      case BCE_WITH_LOGITS -> bceSlope(x, xAt, target, targetAt, y, yAt, n);
    }
  }

  private static FloatVector signOf(FloatVector d) {
    FloatVector positive = FloatVector.zero(SPECIES).blend(1, d.compare(VectorOperators.GT, 0));
    return positive.blend(-1, d.compare(VectorOperators.LT, 0));
  }

  private static void mse(
      float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector d = load(x, xAt + i).sub(load(target, targetAt + i));
      d.mul(d).intoArray(y, yAt + i);
    }
  }

  private static void l1(
      float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector d = load(x, xAt + i).sub(load(target, targetAt + i));
      d.abs().intoArray(y, yAt + i);
    }
  }

  private static void smoothL1(
      float beta, float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector d = load(x, xAt + i).sub(load(target, targetAt + i));
      FloatVector size = d.abs();
      FloatVector far = size.sub(0.5f * beta);
      VectorMask<Float> near = size.compare(VectorOperators.LT, beta);
      far.blend(d.mul(d).mul(0.5f).div(beta), near).intoArray(y, yAt + i);
    }
  }

  private static void huber(
      float delta, float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector d = load(x, xAt + i).sub(load(target, targetAt + i));
      FloatVector size = d.abs();
      FloatVector far = size.sub(0.5f * delta).mul(delta);
      VectorMask<Float> near = size.compare(VectorOperators.LT, delta);
      far.blend(d.mul(d).mul(0.5f), near).intoArray(y, yAt + i);
    }
  }

  private static void bce(
      float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = load(x, xAt + i);
      FloatVector missed = v.sub(v.mul(load(target, targetAt + i)));
      missed.add(VectorMath.softplus(v.neg())).intoArray(y, yAt + i);
    }
  }

  private static void mseSlope(
      float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector d = load(x, xAt + i).sub(load(target, targetAt + i));
      d.add(d).intoArray(y, yAt + i);
    }
  }

  private static void l1Slope(
      float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector d = load(x, xAt + i).sub(load(target, targetAt + i));
      signOf(d).intoArray(y, yAt + i);
    }
  }

  /** {@code d} times {@code height / bound}, and no farther than {@code height} from 0. */
  private static void boundedSlope(
      float bound,
      float height,
      float[] x,
      int xAt,
      float[] target,
      int targetAt,
      float[] y,
      int yAt,
      int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector d = load(x, xAt + i).sub(load(target, targetAt + i));
      VectorMask<Float> near = d.abs().compare(VectorOperators.LT, bound);
      FloatVector slope = signOf(d).blend(d.div(bound), near);
      slope.mul(height).intoArray(y, yAt + i);
    }
  }

  private static void bceSlope(
      float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector s = VectorMath.sigmoid(load(x, xAt + i));
      s.sub(load(target, targetAt + i)).intoArray(y, yAt + i);
    }
  }
}
