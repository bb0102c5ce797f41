package dev.kiln.examples.image;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures of discs, squares and triangles on noisy paper, and for each pixel which it belongs to.
 * A function of the seed alone.
 *
 * @param images one after the other, {@link #SIDE} by {@link #SIDE} grey levels from 0 to 1
 * @param masks likewise: 0 for paper, 1 for a disc, 2 for a square, 3 for a triangle
 */
record ShapeDrawings(float[] images, int[] masks) {
  static final int SIDE = 32;
  static final int CLASSES = 4;
  private static final int PIXELS = SIDE * SIDE;

  /** More do not fit an array. */
  static final int MOST = Integer.MAX_VALUE / PIXELS;

  /** Shapes in a picture; a later one hides what is under it. */
  private static final int SHAPES = 2;

  /** For a shape: which, where (2), its size, its turn, its brightness. */
  private static final int NUMBERS = 6;

  static ShapeDrawings draw(int n, long seed) {
    Generator numbers = new Generator(seed);
    float[] images = new float[n * PIXELS];
    int[] masks = new int[n * PIXELS];
    for (int i = 0; i < n; i++) {
      float[] noise = numbers.normal(PIXELS, 0, 0.06);
      float[] shapes = numbers.uniform(SHAPES * NUMBERS, 0, 1);
      float[] paper = numbers.uniform(3, 0, 1);
      for (int p = 0; p < PIXELS; p++) {
        double x = (p % SIDE + 0.5) / SIDE;
        double y = (p / SIDE + 0.5) / SIDE;
        // the light falls unevenly: brightness alone tells no shape from paper
        double level = 0.05 + 0.25 * paper[0] + 0.2 * paper[1] * x + 0.2 * paper[2] * y;
        for (int s = 0; s < SHAPES; s++) {
          int kind = kind(shapes, s * NUMBERS, x, y);
          if (kind > 0) {
            masks[i * PIXELS + p] = kind;
            level = 0.4 + 0.6 * shapes[s * NUMBERS + 5];
          }
        }
        images[i * PIXELS + p] = (float) Math.max(0, Math.min(1, level + noise[p]));
      }
    }
    return new ShapeDrawings(images, masks);
  }

  /** Which shape it is if the point lies in it, else 0. */
  private static int kind(float[] shape, int at, double x, double y) {
    int kind = 1 + (int) (shape[at] * 3);
    double radius = 0.17 + 0.13 * shape[at + 3];
    double dx = x - (0.15 + 0.7 * shape[at + 1]);
    double dy = y - (0.15 + 0.7 * shape[at + 2]);
    double turn = 2 * Math.PI * shape[at + 4];
    double u = (StrictMath.cos(turn) * dx + StrictMath.sin(turn) * dy) / radius;
    double v = (StrictMath.cos(turn) * dy - StrictMath.sin(turn) * dx) / radius;
    boolean inside =
        switch (kind) {
          case 1 -> u * u + v * v < 0.8;
          case 2 -> Math.max(Math.abs(u), Math.abs(v)) < 0.8;
          default -> v > -0.6 && Math.sqrt(3) * Math.abs(u) + v < 1.2;
        };
    return inside ? kind : 0;
  }

  int size() {
    return masks.length / PIXELS;
  }

  /** Some of them, on a device. */
  record Batch(Tensor images, Tensor masks) {}

  /** Pictures {@code [n, 1, SIDE, SIDE]} and masks {@code [n, SIDE, SIDE]}, in this order. */
  Batch batch(Device device, int... chosen) {
    int n = chosen.length;
    float[] x = new float[n * PIXELS];
    int[] y = new int[n * PIXELS];
    for (int i = 0; i < n; i++) {
      System.arraycopy(images, chosen[i] * PIXELS, x, i * PIXELS, PIXELS);
      System.arraycopy(masks, chosen[i] * PIXELS, y, i * PIXELS, PIXELS);
    }
    return new Batch(Tensor.of(device, x, n, 1, SIDE, SIDE), Tensor.of(device, y, n, SIDE, SIDE));
  }

  /** The numbers of all pictures in random order, cut into batches. */
  List<int[]> shuffled(Generator numbers, int batch) {
    int[] order = numbers.permutation(size());
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < order.length; from += batch) {
      batches.add(Arrays.copyOfRange(order, from, Math.min(order.length, from + batch)));
    }
    return batches;
  }
}
