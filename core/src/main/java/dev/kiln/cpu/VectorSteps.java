package dev.kiln.cpu;

import static dev.kiln.cpu.VectorMath.LANES;
import static dev.kiln.cpu.VectorMath.SPECIES;
import static dev.kiln.cpu.VectorMath.load;

import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.SgdSpec;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * The steps of optimizers in the Vector API: whole vectors, and what is left by the plain loops,
 * which round alike.
 */
final class VectorSteps implements Steps {
  private final ScalarSteps rest = new ScalarSteps();

  /** {@code g + decay · p}. */
  private static FloatVector slope(FloatVector g, FloatVector p, float decay) {
    return g.add(p.mul(decay));
  }

  @Override
  public void sgd(SgdSpec spec, float[] p, int pAt, float[] g, int gAt, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = load(p, pAt + i);
      FloatVector slope = slope(load(g, gAt + i), old, spec.decay());
      old.sub(slope.mul(spec.lr())).intoArray(p, pAt + i);
    }
    rest.sgd(spec, p, pAt + whole, g, gAt + whole, n - whole);
  }

  @Override
  public void momentum(
      SgdSpec spec, float[] p, int pAt, float[] g, int gAt, float[] velocity, int vAt, int n) {
    if (spec.first()) { // once: not worth vectors
      rest.momentum(spec, p, pAt, g, gAt, velocity, vAt, n);
      return;
    }
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = load(p, pAt + i);
      FloatVector slope = slope(load(g, gAt + i), old, spec.decay());
      FloatVector moved = load(velocity, vAt + i).mul(spec.momentum()).add(slope.mul(spec.take()));
      moved.intoArray(velocity, vAt + i);
      FloatVector move = spec.nesterov() ? slope.add(moved.mul(spec.momentum())) : moved;
      old.sub(move.mul(spec.lr())).intoArray(p, pAt + i);
    }
    rest.momentum(spec, p, pAt + whole, g, gAt + whole, velocity, vAt + whole, n - whole);
  }

  @Override
  public void adagrad(
      AdagradSpec spec, float[] p, int pAt, float[] g, int gAt, float[] sum, int sumAt, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = load(p, pAt + i);
      FloatVector slope = slope(load(g, gAt + i), old, spec.decay());
      FloatVector total = load(sum, sumAt + i).add(slope.mul(slope));
      total.intoArray(sum, sumAt + i);
      FloatVector below = total.sqrt().add(spec.eps());
      old.sub(slope.mul(spec.lr()).div(below)).intoArray(p, pAt + i);
    }
    rest.adagrad(spec, p, pAt + whole, g, gAt + whole, sum, sumAt + whole, n - whole);
  }

  @Override
  public void adadelta(
      AdadeltaSpec spec,
      float[] p,
      int pAt,
      float[] g,
      int gAt,
      float[] squares,
      int squaresAt,
      float[] moves,
      int movesAt,
      int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = load(p, pAt + i);
      FloatVector slope = slope(load(g, gAt + i), old, spec.decay());
      FloatVector square =
          load(squares, squaresAt + i).mul(spec.keep()).add(slope.mul(spec.take()).mul(slope));
      FloatVector before = load(moves, movesAt + i);
      FloatVector move =
          before.add(spec.eps()).sqrt().div(square.add(spec.eps()).sqrt()).mul(slope);
      square.intoArray(squares, squaresAt + i);
      before.mul(spec.keep()).add(move.mul(spec.take()).mul(move)).intoArray(moves, movesAt + i);
      old.sub(move.mul(spec.lr())).intoArray(p, pAt + i);
    }
    rest.adadelta(
        spec,
        p,
        pAt + whole,
        g,
        gAt + whole,
        squares,
        squaresAt + whole,
        moves,
        movesAt + whole,
        n - whole);
  }

  @Override
  public void rmsprop(
      RmspropSpec spec,
      float[] p,
      int pAt,
      float[] g,
      int gAt,
      float[] squares,
      int squaresAt,
      float @Nullable [] mean,
      int meanAt,
      float @Nullable [] velocity,
      int velocityAt,
      int n) {
    int whole = SPECIES.loopBound(n);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = load(p, pAt + i);
      FloatVector slope = slope(load(g, gAt + i), old, spec.decay());
      FloatVector square =
          load(squares, squaresAt + i).mul(spec.keep()).add(slope.mul(spec.take()).mul(slope));
      square.intoArray(squares, squaresAt + i);
      if (mean != null) {
        FloatVector average = load(mean, meanAt + i).mul(spec.keep()).add(slope.mul(spec.take()));
        average.intoArray(mean, meanAt + i);
        square = square.sub(average.mul(average));
        square = square.blend(zero, square.compare(VectorOperators.LT, zero));
      }
      FloatVector move = slope.div(square.sqrt().add(spec.eps()));
      if (velocity != null) {
        move = load(velocity, velocityAt + i).mul(spec.momentum()).add(move);
        move.intoArray(velocity, velocityAt + i);
      }
      old.sub(move.mul(spec.lr())).intoArray(p, pAt + i);
    }
    rest.rmsprop(
        spec,
        p,
        pAt + whole,
        g,
        gAt + whole,
        squares,
        squaresAt + whole,
        mean,
        meanAt + whole,
        velocity,
        velocityAt + whole,
        n - whole);
  }

  @Override
  public void adam(
      AdamSpec spec,
      float[] p,
      int pAt,
      float[] g,
      int gAt,
      float[] m,
      int mAt,
      float[] v,
      int vAt,
      float @Nullable [] maximum,
      int maximumAt,
      int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = load(p, pAt + i);
      FloatVector slope = slope(load(g, gAt + i), old, spec.decay());
      FloatVector first = load(m, mAt + i).mul(spec.keep1()).add(slope.mul(spec.take1()));
      FloatVector second =
          load(v, vAt + i).mul(spec.keep2()).add(slope.mul(spec.take2()).mul(slope));
      first.intoArray(m, mAt + i);
      second.intoArray(v, vAt + i);
      if (maximum != null) {
        second = second.max(load(maximum, maximumAt + i));
        second.intoArray(maximum, maximumAt + i);
      }
      FloatVector root = second.sqrt();
      // after some ten thousand steps it is 1, to the last bit
      root = spec.correction() == 1 ? root : root.div(spec.correction());
      FloatVector below = root.add(spec.eps());
      old.mul(spec.shrink()).sub(first.mul(spec.stepSize()).div(below)).intoArray(p, pAt + i);
    }
    rest.adam(
        spec,
        p,
        pAt + whole,
        g,
        gAt + whole,
        m,
        mAt + whole,
        v,
        vAt + whole,
        maximum,
        maximumAt + whole,
        n - whole);
  }
}
