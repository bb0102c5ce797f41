package dev.kiln.cpu;

/**
 * The transforms of minimal filtering with six products, F(4, 3) and F(2, 5), along the columns of
 * an image: {@code y = Aᵀ ((G g) ⊙ (Bᵀ d))} with the points 0, ±1, ±2 and ∞ (Winograd 1980; Lavin
 * and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).
 *
 * <p>What is transformed are whole rows: six rows of the image become six others, element by
 * element, so that neighbouring pixels fill a vector. All sums are taken in one order, whoever
 * takes them.
 */
interface Winograd {
  /** Products to a column of results, and rows of the image that it sees. */
  int POINTS = 6;

  /** Whether there is a transform for kernels of that height. */
  static boolean has(int kernelHeight) {
    return kernelHeight == 3 || kernelHeight == 5;
  }

  /** How many rows of results come from six products. */
  static int results(int kernelHeight) {
    return POINTS + 1 - kernelHeight;
  }

  /** G: how much of each row of the kernel goes into each product, {@code [POINTS][height]}. */
  static float[] kernelTransform(int height) {
    double[] points = {0, 1, -1, 2, -2};
    float[] g = new float[POINTS * height];
    for (int i = 0; i < points.length; i++) {
      double scale = 1;
      for (double other : points) {
        scale *= other == points[i] ? 1 : points[i] - other;
      }
      for (int j = 0; j < height; j++) {
        g[i * height + j] = (float) (Math.pow(points[i], j) / scale);
      }
    }
    g[POINTS * height - 1] = 1;
    return g;
  }

  /** A: how much of each row of the results' gradient goes into each product's. */
  static float[] resultTransform(int height) {
    int results = results(height);
    float[] a = new float[POINTS * results];
    int[] points = {0, 1, -1, 2, -2};
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < results; j++) {
        a[i * results + j] = (float) Math.pow(points[i], j);
      }
    }
    a[POINTS * results - 1] = 1;
    return a;
  }

  /**
   * Bᵀ: the six rows of every tile, each row {@code step} after the one before it.
   *
   * @param places where each tile's first row is, counted from {@code from}
   * @param tiles how many of them
   * @param width elements of a row
   * @param to where the first tile's first row goes; the next tile's follows it without a gap
   * @param toStep the distance of the six results; up to a vector after each is overwritten
   */
  void image(
      float[] rows,
      int from,
      int step,
      int[] places,
      int tiles,
      int width,
      float[] target,
      int to,
      int toStep);

  /**
   * Aᵀ: rows of results from six products, the tiles' rows side by side as {@link #image} has them.
   *
   * @param results rows of a tile: 4 or 2
   * @param bias what is added to each
   * @param places where each tile's first row goes, counted from {@code to}; the others follow it
   * @param wanted how many rows are wanted of each tile
   * @param ends one past the last element that may be overwritten, counted from {@code to}, while
   *     each tile is written; a row may overwrite a vector's width of what comes after it
   */
  void results(
      int results,
      float[] products,
      int from,
      int step,
      int width,
      float bias,
      float[] target,
      int to,
      int[] places,
      int[] wanted,
      int[] ends,
      int tiles);

  /**
   * Sums of rows: {@code target[o] = Σ coefficients[o * ins + i] * source[i]}.
   *
   * @param step the distance of the rows of {@code source}; up to a vector beyond each is read
   * @param toStep likewise of {@code target}; up to a vector after each is overwritten
   */
  void mix(
      float[] coefficients,
      int outs,
      int ins,
      float[] source,
      int from,
      int step,
      int count,
      float[] target,
      int to,
      int toStep);
}
