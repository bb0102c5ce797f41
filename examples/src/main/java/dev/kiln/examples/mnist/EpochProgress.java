package dev.kiln.examples.mnist;

import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar that grows with the images of an epoch; only on a terminal, where it can be redrawn. */
final class EpochProgress implements Training.Listener, AutoCloseable {
  private static final int WIDTH = 100;

  private final PrintWriter terminal;
  private final @Nullable ProgressBar bar;

  /**
   * @param terminal where to draw
   * @param drawn whether it is a terminal
   */
  EpochProgress(PrintWriter terminal, boolean drawn, String name, int images) {
    this.terminal = terminal;
    this.bar =
        drawn
            ? new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(images)
                .setUnit(" images", 1)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .setMaxRenderedLength(WIDTH)
                .hideEta()
                .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
                .build()
            : null;
  }

  private void draw(String line) {
    terminal.print("\r" + line);
    terminal.flush();
  }

  @Override
  public void step(int images, float loss, double imagesPerSecond) {
    if (bar != null) {
      bar.setExtraMessage(
          String.format(Locale.ROOT, "loss %.3f, %,.0f images/s", loss, imagesPerSecond));
      bar.stepTo(images);
    }
  }

  /** Takes the bar away: what follows it is a line with the outcome. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      terminal.print("\r" + " ".repeat(WIDTH) + "\r");
      terminal.flush();
    }
  }
}
