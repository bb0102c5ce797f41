package dev.kiln.examples;

import dev.kiln.Tensor;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Small images side by side in one picture: rows of them, each with its title. Values are from 0,
 * black, to 1, white; what lies outside is cut off.
 *
 * <pre>{@code
 * new ImageGrid(3)
 *     .row("original", images)
 *     .row("reconstructed", net.forward(images))
 *     .write(file);
 * }</pre>
 */
public final class ImageGrid {
  private static final int GAP = 4;
  private static final int EDGE = 12;
  private static final Color PAPER = Color.WHITE;
  private static final Color INK = new Color(0x303030);
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);

  private final int zoom;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String title, int channels, int height, int width, float[] values) {
    int images() {
      int one = channels * height * width;
      return one == 0 ? 0 : values.length / one;
    }
  }

  /**
   * @param zoom the side of a pixel, from 1 on
   */
  public ImageGrid(int zoom) {
    this.zoom = zoom;
  }

  /**
   * Adds a row.
   *
   * @param title before it; may be empty
   * @param images {@code [n, 1, h, w]} grey or {@code [n, 3, h, w]} red, green and blue
   * @throws IllegalArgumentException for another shape
   * @return this
   */
  public ImageGrid row(String title, Tensor images) {
    if (images.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "ImageGrid: images are [n, channels, h, w], not " + images.shape());
    }
    return row(title, images.dim(1), images.dim(2), images.dim(3), images.toFloats());
  }

  /**
   * Adds a row of images that are on the host already.
   *
   * @param channels 1 or 3
   * @param values one image after the other, row-major
   * @return this
   */
  public ImageGrid row(String title, int channels, int height, int width, float... values) {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "ImageGrid: an image has 1 channel (grey) or 3 (red, green, blue), not " + channels);
    }
    rows.add(new Row(title, channels, height, width, values));
    return this;
  }

  /**
   * Adds as many rows as {@code images}, {@code [n, channels, h, w]}, fill.
   *
   * @param columns images in a row
   * @return this
   */
  public ImageGrid rows(int columns, Tensor images) {
    for (int from = 0; from < images.dim(0); from += columns) {
      row("", images.slice(0, from, Math.min(images.dim(0), from + columns)));
    }
    return this;
  }

  /** Writes the picture as PNG: grey where all images are. */
  public void write(Path file) throws IOException {
    boolean grey = rows.stream().allMatch(row -> row.channels == 1);
    int titles = titleWidth();
    int width = 0;
    int height = EDGE;
    for (Row row : rows) {
      width = Math.max(width, row.images() * (row.width * zoom + GAP) - GAP);
      height += row.height * zoom + GAP;
    }
    BufferedImage picture =
        new BufferedImage(
            2 * EDGE + titles + width,
            height - GAP + EDGE,
            grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(PAPER);
    g.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    int top = EDGE;
    for (Row row : rows) {
      if (!row.title.isEmpty()) {
        g.setFont(FONT);
        g.setColor(INK);
        FontMetrics metrics = g.getFontMetrics();
        int middle = top + row.height * zoom / 2;
        g.drawString(row.title, EDGE, middle + (metrics.getAscent() - metrics.getDescent()) / 2);
      }
      for (int i = 0; i < row.images(); i++) {
        draw(picture, row, i, EDGE + titles + i * (row.width * zoom + GAP), top);
      }
      top += row.height * zoom + GAP;
    }
    g.dispose();
    ImageIO.write(picture, "png", file.toFile());
  }

  /** With the room after them; 0 where no row has a title, and then no font is needed. */
  private int titleWidth() {
    if (rows.stream().allMatch(row -> row.title.isEmpty())) {
      return 0;
    }
    Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY).createGraphics();
    FontMetrics metrics = g.getFontMetrics(FONT);
    int widest = 0;
    for (Row row : rows) {
      widest = Math.max(widest, metrics.stringWidth(row.title));
    }
    g.dispose();
    return widest + EDGE;
  }

  private void draw(BufferedImage picture, Row row, int image, int left, int top) {
    int plane = row.height * row.width;
    int begin = image * row.channels * plane;
    int grey = picture.getRaster().getNumBands();
    for (int y = 0; y < row.height * zoom; y++) {
      for (int x = 0; x < row.width * zoom; x++) {
        int pixel = begin + y / zoom * row.width + x / zoom;
        for (int band = 0; band < grey; band++) {
          int channel = row.channels == 1 ? 0 : band;
          picture
              .getRaster()
              .setSample(left + x, top + y, band, level(row.values[pixel + channel * plane]));
        }
      }
    }
  }

  private static int level(float value) {
    return Math.round(255 * Math.max(0, Math.min(1, value)));
  }
}
