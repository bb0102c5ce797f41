package dev.kiln.data;

import dev.kiln.Shape;

/** Images of one channel, kept as bytes: an input is {@code byte / 255}, from 0 to 1. */
final class GreyImages implements Dataset {
  private static final float[] LEVELS = new float[256];

  static {
    for (int i = 0; i < LEVELS.length; i++) {
      LEVELS[i] = i / 255f;
    }
  }

  private final byte[] pixels;
  private final byte[] labels;
  private final Shape shape;

  /**
   * @param images {@code [n, h, w]}
   * @param labels {@code [n]}
   */
  GreyImages(Idx images, Idx labels) {
    this.pixels = images.values();
    this.labels = labels.values();
    this.shape = Shape.of(1, images.shape().dim(1), images.shape().dim(2));
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public Shape inputShape() {
    return shape;
  }

  @Override
  public void read(int index, float[] destination, int offset) {
    int n = shape.size();
    int begin = index * n;
    for (int i = 0; i < n; i++) {
      destination[offset + i] = LEVELS[pixels[begin + i] & 0xFF];
    }
  }

  @Override
  public int target(int index) {
    return labels[index] & 0xFF;
  }
}
