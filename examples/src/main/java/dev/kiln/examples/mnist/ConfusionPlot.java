package dev.kiln.examples.mnist;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** The table of what was taken for what: blue where it was right, red where it was wrong. */
final class ConfusionPlot {
  private static final int CELL = 62;
  private static final int LEFT = 96;
  private static final int TOP = 84;
  private static final int EDGE = 28;
  private static final Color RIGHT = new Color(0x1F4E8C);
  private static final Color WRONG = new Color(0xC2391E);
  private static final Color INK = new Color(0x303030);

  private ConfusionPlot() {}

  /**
   * @param classes what they are called
   */
  static void write(Path file, Confusion confusion, List<String> classes) throws IOException {
    int n = confusion.counts().length;
    BufferedImage image =
        new BufferedImage(LEFT + n * CELL + EDGE, TOP + n * CELL + 76, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    for (int shown = 0; shown < n; shown++) {
      int most = 0;
      for (int count : confusion.counts()[shown]) {
        most += count;
      }
      for (int said = 0; said < n; said++) {
        cell(g, shown, said, confusion.counts()[shown][said], most);
      }
    }
    labels(g, classes);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
    String title =
        String.format(
            Locale.ROOT,
            "%,d of %,d test images recognized: %.2f %%",
            confusion.right(),
            confusion.total(),
            100 * confusion.accuracy());
    centred(g, title, LEFT + n * CELL / 2, TOP / 2 - 4);
    g.dispose();
    ImageIO.write(image, "png", file.toFile());
  }

  private static void cell(Graphics2D g, int shown, int said, int count, int ofRow) {
    int x = LEFT + said * CELL;
    int y = TOP + shown * CELL;
    // the root lifts the few mistakes into sight
    double strength = ofRow == 0 ? 0 : Math.sqrt((double) count / ofRow);
    Color full = shown == said ? RIGHT : WRONG;
    Color color = shown == said ? mix(full, strength) : mix(full, Math.min(1, 2.5 * strength));
    g.setColor(color);
    g.fillRect(x, y, CELL - 2, CELL - 2);
    g.setFont(new Font(Font.SANS_SERIF, shown == said ? Font.BOLD : Font.PLAIN, 15));
    boolean dark = color.getRed() * 3 + color.getGreen() * 6 + color.getBlue() < 1500;
    g.setColor(count == 0 ? new Color(0xC8C8C8) : dark ? Color.WHITE : INK);
    centred(g, String.format(Locale.ROOT, "%,d", count), x + CELL / 2 - 1, y + CELL / 2 - 1);
  }

  private static Color mix(Color full, double strength) {
    return new Color(
        (int) Math.round(247 + (full.getRed() - 247) * strength),
        (int) Math.round(247 + (full.getGreen() - 247) * strength),
        (int) Math.round(247 + (full.getBlue() - 247) * strength));
  }

  private static void labels(Graphics2D g, List<String> classes) {
    int n = classes.size();
    boolean words = classes.get(0).length() > 1;
    g.setColor(INK);
    g.setFont(new Font(Font.SANS_SERIF, words ? Font.PLAIN : Font.BOLD, words ? 12 : 16));
    for (int i = 0; i < n; i++) {
      centred(g, classes.get(i), LEFT + i * CELL + CELL / 2, TOP + n * CELL + 18);
      centred(g, classes.get(i), LEFT - (words ? 28 : 20), TOP + i * CELL + CELL / 2);
    }
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
    centred(g, "what the net says", LEFT + n * CELL / 2, TOP + n * CELL + 50);
    AffineTransform upright = g.getTransform();
    g.rotate(-Math.PI / 2, LEFT - 70, TOP + n * CELL / 2.0);
    centred(g, "what the image shows", LEFT - 70, TOP + n * CELL / 2);
    g.setTransform(upright);
  }

  private static void centred(Graphics2D g, String text, int x, int y) {
    FontMetrics metrics = g.getFontMetrics();
    g.drawString(
        text,
        x - metrics.stringWidth(text) / 2,
        y + (metrics.getAscent() - metrics.getDescent()) / 2);
  }
}
