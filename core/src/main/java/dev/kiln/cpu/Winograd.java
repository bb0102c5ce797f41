package dev.kiln.cpu;

/**
 * The transforms of minimal filtering, F(4, 3) and F(4, 5), along the columns of an image: four
 * rows of results {@code y = Aᵀ ((G g) ⊙ (Bᵀ d))} from six products or eight, with the points 0,
 * ±1, ±2 and ∞, and for eight ±½ (Winograd 1980; Lavin and Gray, "Fast Algorithms for Convolutional
 * Neural Networks", 2016).
 *
 * <p>What is transformed are whole rows: six rows of the image, or eight, become as many others,
 * element by element, so that neighbouring pixels fill a vector. All sums are taken in one order,
 * whoever takes them.
 */
interface Winograd {
  /** Rows of results that come from one tile. */
  int RESULTS = 4;

  /** Whether there is a transform for kernels of that height. */
  static boolean has(int kernelHeight) {
    return kernelHeight == 3 || kernelHeight == 5;
  }

  /** Products to a column of results, and rows of the image that it sees. */
  static int points(int kernelHeight) {
    return RESULTS + kernelHeight - 1;
  }

  /** The finite points. */
  private static double[] finite(int kernelHeight) {
    return kernelHeight == 3
        ? new double[] {0, 1, -1, 2, -2}
        : new double[] {0, 1, -1, 2, -2, 0.5, -0.5};
  }

  /** G: how much of each row of the kernel goes into each product, {@code [points][height]}. */
  static float[] kernelTransform(int height) {
    double[] points = finite(height);
    float[] g = new float[points(height) * height];
    for (int i = 0; i < points.length; i++) {
      double scale = 1;
      for (double other : points) {
        scale *= other == points[i] ? 1 : points[i] - other;
      }
      for (int j = 0; j < height; j++) {
        g[i * height + j] = (float) (Math.pow(points[i], j) / scale);
      }
    }
    g[g.length - 1] = 1;
    return g;
  }

  /** Gᵀ: how much of each product's gradient goes into each row of the kernel's. */
  static float[] kernelGradientTransform(int height) {
    float[] g = kernelTransform(height);
    int points = points(height);
    float[] transposed = new float[g.length];
    for (int i = 0; i < g.length; i++) {
      transposed[i] = g[i % points * height + i / points];
    }
    return transposed;
  }

  /** A: how much of each row of the results' gradient goes into each product's. */
  static float[] resultTransform(int height) {
    double[] points = finite(height);
    float[] a = new float[points(height) * RESULTS];
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < RESULTS; j++) {
        a[i * RESULTS + j] = (float) Math.pow(points[i], j);
      }
    }
    a[a.length - 1] = 1;
    return a;
  }

  /**
   * Bᵀ: the rows of every tile, each row {@code step} after the one before it.
   *
   * @param points how many rows: 6 or 8
   * @param places where each tile's first row is, counted from {@code from}
   * @param tiles how many of them
   * @param width elements of a row
   * @param to where the first tile's first row goes; the next tile's follows it without a gap
   * @param toStep the distance of the transformed rows; up to a vector after each is overwritten
   */
  void image(
      int points,
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
   * Aᵀ: rows of results from products, the tiles' rows side by side as {@link #image} has them.
   *
   * @param points how many products: 6 or 8
   * @param bias what is added to each
   * @param places where each tile's first row goes, counted from {@code to}; the others follow it
   * @param wanted how many rows are wanted of each tile
   * @param ends one past the last element that may be overwritten, counted from {@code to}, while
   *     each tile is written; a row may overwrite a vector's width of what comes after it
   */
  void results(
      int points,
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
