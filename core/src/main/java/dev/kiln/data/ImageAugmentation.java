package dev.kiln.data;

import dev.kiln.Generator;
import dev.kiln.Shape;
import dev.kiln.ShapeException;

/**
 * Images {@code [channels, h, w]} a little moved, turned and made noisy, each by chance; what comes
 * in from beyond the edge is 0. Values stay from 0 to 1.
 *
 * @param shift moved by up to so many pixels, in both directions
 * @param degrees turned by up to so much, either way
 * @param noise the deviation of what is added to each value
 */
public record ImageAugmentation(double shift, double degrees, double noise)
    implements Augmentation {
  /** Nothing yet; the methods after it say what is to happen. */
  public static final ImageAugmentation NONE = new ImageAugmentation(0, 0, 0);

  /**
   * @throws IllegalArgumentException if one is below 0 or no number
   */
  public ImageAugmentation {
    if (!(shift >= 0 && degrees >= 0 && noise >= 0)) {
      throw new IllegalArgumentException(
          "ImageAugmentation: at least 0 each, not shift "
              + shift
              + ", degrees "
              + degrees
              + " and noise "
              + noise);
    }
  }

  public ImageAugmentation shift(double pixels) {
    return new ImageAugmentation(pixels, degrees, noise);
  }

  public ImageAugmentation rotate(double most) {
    return new ImageAugmentation(shift, most, noise);
  }

  public ImageAugmentation noise(double deviation) {
    return new ImageAugmentation(shift, degrees, deviation);
  }

  @Override
  public void apply(float[] values, int offset, Shape shape, Generator numbers) {
    if (shape.rank() != 3) {
      throw new ShapeException("ImageAugmentation: an image is [channels, h, w], not " + shape);
    }
    // drawn whether used or not: one option changes nothing of what another draws
    float[] chance = numbers.uniform(3, -1, 1);
    if (shift > 0 || degrees > 0) {
      double angle = Math.toRadians(degrees * chance[2]);
      move(values, offset, shape, shift * chance[0], shift * chance[1], angle);
    }
    if (noise > 0) {
      float[] added = numbers.normal(shape.size(), 0, noise);
      for (int i = 0; i < added.length; i++) {
        values[offset + i] = Math.max(0, Math.min(1, values[offset + i] + added[i]));
      }
    }
  }

  /** Each pixel looks back to where it came from, between four pixels there. */
  private static void move(
      float[] values, int offset, Shape shape, double right, double down, double angle) {
    int height = shape.dim(1);
    int width = shape.dim(2);
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    double middleX = (width - 1) / 2.0;
    double middleY = (height - 1) / 2.0;
    float[] before = new float[height * width];
    for (int channel = 0; channel < shape.dim(0); channel++) {
      int begin = offset + channel * height * width;
      System.arraycopy(values, begin, before, 0, before.length);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double dx = x - middleX - right;
          double dy = y - middleY - down;
          values[begin + y * width + x] =
              between(
                  before,
                  height,
                  width,
                  middleX + cos * dx + sin * dy,
                  middleY + cos * dy - sin * dx);
        }
      }
    }
  }

  private static float between(float[] image, int height, int width, double x, double y) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    float toRight = (float) (x - left);
    float below = (float) (y - top);
    float above =
        at(image, height, width, left, top) * (1 - toRight)
            + at(image, height, width, left + 1, top) * toRight;
    float under =
        at(image, height, width, left, top + 1) * (1 - toRight)
            + at(image, height, width, left + 1, top + 1) * toRight;
    return above * (1 - below) + under * below;
  }

  private static float at(float[] image, int height, int width, int x, int y) {
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : image[y * width + x];
  }
}
