package dev.kiln.cpu;

import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.SgdSpec;
import org.jspecify.annotations.Nullable;

/** The steps of optimizers in plain Java. */
final class ScalarSteps implements Steps {
  @Override
  public void sgd(SgdSpec spec, float[] p, int pAt, float[] g, int gAt, int n) {
    for (int i = 0; i < n; i++) {
      p[pAt + i] -= spec.lr() * (g[gAt + i] + spec.decay() * p[pAt + i]);
    }
  }

  @Override
  public void momentum(
      SgdSpec spec, float[] p, int pAt, float[] g, int gAt, float[] velocity, int vAt, int n) {
    for (int i = 0; i < n; i++) {
      float slope = g[gAt + i] + spec.decay() * p[pAt + i];
      float moved =
          spec.first() ? slope : spec.momentum() * velocity[vAt + i] + spec.take() * slope;
      velocity[vAt + i] = moved;
      p[pAt + i] -= spec.lr() * (spec.nesterov() ? slope + spec.momentum() * moved : moved);
    }
  }

  @Override
  public void adagrad(
      AdagradSpec spec, float[] p, int pAt, float[] g, int gAt, float[] sum, int sumAt, int n) {
    for (int i = 0; i < n; i++) {
      float slope = g[gAt + i] + spec.decay() * p[pAt + i];
      float total = sum[sumAt + i] + slope * slope;
      sum[sumAt + i] = total;
      p[pAt + i] -= spec.lr() * slope / (root(total) + spec.eps());
    }
  }

  private static float root(float x) {
    return (float) Math.sqrt(x);
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
    for (int i = 0; i < n; i++) {
      float slope = g[gAt + i] + spec.decay() * p[pAt + i];
      float square = spec.keep() * squares[squaresAt + i] + spec.take() * slope * slope;
      float before = moves[movesAt + i];
      float move = root(before + spec.eps()) / root(square + spec.eps()) * slope;
      squares[squaresAt + i] = square;
      moves[movesAt + i] = spec.keep() * before + spec.take() * move * move;
      p[pAt + i] -= spec.lr() * move;
    }
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
    for (int i = 0; i < n; i++) {
      float slope = g[gAt + i] + spec.decay() * p[pAt + i];
      float square = spec.keep() * squares[squaresAt + i] + spec.take() * slope * slope;
      squares[squaresAt + i] = square;
      if (mean != null) {
        float average = spec.keep() * mean[meanAt + i] + spec.take() * slope;
        mean[meanAt + i] = average;
        square -= average * average;
        square = square < 0 ? 0 : square;
      }
      float move = slope / (root(square) + spec.eps());
      if (velocity != null) {
        move = spec.momentum() * velocity[velocityAt + i] + move;
        velocity[velocityAt + i] = move;
      }
      p[pAt + i] -= spec.lr() * move;
    }
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
    for (int i = 0; i < n; i++) {
      float slope = g[gAt + i] + spec.decay() * p[pAt + i];
      float first = spec.keep1() * m[mAt + i] + spec.take1() * slope;
      float second = spec.keep2() * v[vAt + i] + spec.take2() * slope * slope;
      m[mAt + i] = first;
      v[vAt + i] = second;
      if (maximum != null) {
        second = Math.max(maximum[maximumAt + i], second);
        maximum[maximumAt + i] = second;
      }
      float below = root(second) / spec.correction() + spec.eps();
      p[pAt + i] = spec.shrink() * p[pAt + i] - spec.stepSize() * first / below;
    }
  }
}
