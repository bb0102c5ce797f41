package dev.kiln.cpu;

import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.SgdSpec;
import org.jspecify.annotations.Nullable;

/**
 * The inner loops of optimizers, over a run of a parameter {@code p}, its gradient {@code g} and
 * what the optimizer remembers. Every array comes with the offset of its first element. Both
 * implementations give the same bits, and so does a run that is cut.
 */
interface Steps {
  /** Without momentum. */
  void sgd(SgdSpec spec, float[] p, int pAt, float[] g, int gAt, int n);

  void momentum(
      SgdSpec spec, float[] p, int pAt, float[] g, int gAt, float[] velocity, int vAt, int n);

  void adagrad(
      AdagradSpec spec, float[] p, int pAt, float[] g, int gAt, float[] sum, int sumAt, int n);

  void adadelta(
      AdadeltaSpec spec,
      float[] p,
      int pAt,
      float[] g,
      int gAt,
      float[] squares,
      int squaresAt,
      float[] moves,
      int movesAt,
      int n);

  void rmsprop(
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
      int n);

  void adam(
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
      int n);
}
