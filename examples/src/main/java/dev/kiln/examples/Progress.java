package dev.kiln.examples;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar that grows as an epoch goes on; only on a terminal, where it can be redrawn. */
public final class Progress implements AutoCloseable {
  private static final int WIDTH = 100;

  private final PrintWriter terminal;
  private final @Nullable ProgressBar bar;

  /**
   * @param terminal where to draw
   * @param drawn whether it is a terminal
   * @param unit of what {@code whole} counts: "images"
   */
  Progress(PrintWriter terminal, boolean drawn, String name, int whole, String unit) {
    this.terminal = terminal;
    this.bar =
        drawn
            ? new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(whole)
                .setUnit(" " + unit, 1)
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

  /** So much is done; {@code note} stands beside the bar. */
  public void at(int done, String note) {
    if (bar != null) {
      bar.setExtraMessage(note);
      bar.stepTo(done);
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
