package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Unary;

/**
 * The inner loops of the op families over runs of elements; with {@link Tiles} the seam between
 * plain Java and the Vector API.
 *
 * <p>Every array comes with the offset of its first element. An output may be an input at the same
 * offset. A loop gives the same bits every time it is called with the same arguments; whatever it
 * does differently for the last elements of a run, short of a whole vector, changes no element
 * where the arithmetic is exact to begin with, and callers cut runs at multiples of 64 elsewhere.
 */
interface Loops {
  /** No vector has more lanes. */
  int WIDEST = 16;

  /** So many elements in whole vectors, however long these are. */
  static int whole(int n) {
    return n + WIDEST - 1 & -WIDEST;
  }

  /** {@code y = f(x)}; {@link VectorMath} says how close. */
  void unary(Unary f, float[] x, int xAt, float[] y, int yAt, int n);

  /** {@code dx = f'(kept) dy}. */
  void unaryGradient(
      Unary f, float[] kept, int keptAt, float[] dy, int dyAt, float[] dx, int dxAt, int n);

  /** {@code y = f(x, target)}, where every weight is 1. */
  void pairLoss(
      PairLoss f, float[] x, int xAt, float[] target, int targetAt, float[] y, int yAt, int n);

  /**
   * {@code dx = scale dy f'(x, target)}, where every weight is 1.
   *
   * @param dyStep 1, or 0 if all of dx sees the same element of dy
   */
  void pairLossGradient(
      PairLoss f,
      float[] x,
      int xAt,
      float[] target,
      int targetAt,
      float scale,
      float[] dy,
      int dyAt,
      int dyStep,
      float[] dx,
      int dxAt,
      int n);

  /** {@code y = (x - center) scale + shift}. */
  void affine(
      float center, float scale, float shift, float[] x, int xAt, float[] y, int yAt, int n);

  /**
   * {@code y = f(a, b)}.
   *
   * @param aStep 1, or 0 if all of y sees the same element of a
   * @param bStep likewise
   */
  void binary(
      Binary f,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int bStep,
      float[] y,
      int yAt,
      int n);

  /** {@code y += scale x}. */
  void accumulate(float scale, float[] x, int xAt, float[] y, int yAt, int n);

  /**
   * {@code y[i] += Σ weights[t] x[places[t] + i]} over so many taps t.
   *
   * @param n a multiple of 64
   */
  void accumulateShifted(
      float[] weights, int weightsAt, int[] places, int taps, float[] x, float[] y, int n);

  /** {@code sums[t] += Σ x[places[t] + i] y[i]} for each of so many taps t. */
  void dotShifted(
      float[] x, int[] places, int taps, float[] y, int yAt, int n, double[] sums, int sumsAt);

  /** {@code y += x} in double precision. */
  void accumulate(float[] x, int xAt, double[] y, int yAt, int n);

  /** {@code Σ x}. */
  double sum(float[] x, int xAt, int n);

  /**
   * {@code y[j] = Σ x[i, j]} over {@code rows} rows, {@code stride} apart, in their order. What
   * lies behind y, to the end of a vector, may be overwritten.
   */
  void sumRows(float[] x, int xAt, int stride, int rows, float[] y, int yAt, int n);

  /**
   * {@code x[i, j] -= max over i of x[i, j]} for {@code rows} rows, {@code stride} apart; NaN is
   * the largest.
   *
   * @param n a multiple of 16
   */
  void belowMaximum(float[] x, int xAt, int stride, int rows, int n);

  /** {@code Σ (x - center) (y - center)}; with x for y, a sum of squares. */
  double dot(float center, float[] x, int xAt, float[] y, int yAt, int n);

  /** {@code Σ (x - center) y}. */
  double centeredDot(float center, float[] x, int xAt, float[] y, int yAt, int n);

  /** The largest element; NaN if there is one, negative infinity if there are none. */
  float max(float[] x, int xAt, int n);

  /** {@code y = exp(x - shift)}, to 1 unit in the last place; returns {@code Σ y}. */
  double exp(float shift, float[] x, int xAt, float[] y, int yAt, int n);

  /** {@code dx = dy dyScale + (x - center) xScale + shift}. */
  void blend(
      float dyScale,
      float center,
      float xScale,
      float shift,
      float[] dy,
      int dyAt,
      float[] x,
      int xAt,
      float[] dx,
      int dxAt,
      int n);

  /** {@code dx = y (dy - shift)}. */
  void softmaxGradient(
      float shift, float[] y, int yAt, float[] dy, int dyAt, float[] dx, int dxAt, int n);

  /** Whether {@link #maxOfWindows} is faster here than looking at window after window. */
  boolean gathers();

  /**
   * The largest element of each of {@code n} windows, none of which leaves the plane: element
   * {@code corners[i] + taps[t]} of the plane for each t. NaN wins, else the first of equals.
   *
   * @param winners receives the winning elements' positions in the plane
   */
  void maxOfWindows(
      float[] plane,
      int planeAt,
      int[] corners,
      int[] taps,
      int n,
      float[] y,
      int yAt,
      int[] winners,
      int winnersAt);
}
