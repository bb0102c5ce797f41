package dev.kiln.examples.mnist;

import dev.kiln.io.HostTensor;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** The weights of a first layer as small pictures: blue is negative, white 0, red positive. */
final class FilterPlot {
  /** Of more filters than this, the first ones are drawn. */
  private static final int MOST = 60;

  private static final int SIDE = 90;
  private static final int GAP = 10;
  private static final Color NEGATIVE = new Color(0x1F4E8C);
  private static final Color POSITIVE = new Color(0xC2391E);

  private FilterPlot() {}

  /**
   * @param weight {@code [filters, 1, h, w]}, or {@code [filters, s · s]} of a layer that sees a
   *     square image
   */
  static void write(Path file, HostTensor weight) throws IOException {
    boolean convolution = weight.shape().rank() == 4;
    int pixels = weight.shape().size() / weight.shape().dim(0);
    int width = convolution ? weight.shape().dim(3) : (int) Math.round(Math.sqrt(pixels));
    int height = pixels / width;
    int filters = Math.min(MOST, weight.shape().dim(0));
    int columns = (int) Math.ceil(Math.sqrt(filters * 1.6));
    int rows = (filters + columns - 1) / columns;
    int zoom = Math.max(1, SIDE / width);

    BufferedImage image =
        new BufferedImage(
            GAP + columns * (width * zoom + GAP),
            GAP + rows * (height * zoom + GAP),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(new Color(0xDADADA));
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    for (int i = 0; i < filters; i++) {
      int left = GAP + i % columns * (width * zoom + GAP);
      int top = GAP + i / columns * (height * zoom + GAP);
      float largest = largest(weight.floats(), i * pixels, pixels);
      for (int p = 0; p < pixels; p++) {
        g.setColor(color(weight.floats()[i * pixels + p] / largest));
        g.fillRect(left + p % width * zoom, top + p / width * zoom, zoom, zoom);
      }
    }
    g.dispose();
    ImageIO.write(image, "png", file.toFile());
  }

  /** The largest magnitude in a filter, by which it is scaled. */
  private static float largest(float[] values, int from, int count) {
    float largest = Float.MIN_NORMAL;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  private static Color color(float value) {
    Color full = value < 0 ? NEGATIVE : POSITIVE;
    float strength = Math.min(1, Math.abs(value));
    return new Color(
        Math.round(255 + (full.getRed() - 255) * strength),
        Math.round(255 + (full.getGreen() - 255) * strength),
        Math.round(255 + (full.getBlue() - 255) * strength));
  }
}
