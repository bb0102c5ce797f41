package dev.kiln.examples;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A bar that grows as an epoch goes on; only on a terminal, where it can be redrawn. {@code
 * -Dkiln.terminal=FILE} names it: the error stream goes through a filter, behind which the bar
 * would come later than the lines that should follow it.
 */
public final class Progress implements AutoCloseable {
  /** With a column to spare on the narrowest of usual terminals: a bar that wraps stays. */
  private static final int WIDTH = 79;

  /** The terminal with the bar, and what keeps a run that is ended from leaving it half drawn. */
  private record Drawn(PrintWriter terminal, ProgressBar bar, Thread atExit) {}

  private @Nullable Drawn drawn;
  private boolean over;

  /**
   * @param unit of what {@code whole} counts: "images"
   */
  Progress(String name, int whole, String unit) {
    PrintWriter terminal = terminal();
    if (terminal == null) {
      return;
    }
    Thread atExit = new Thread(() -> leave(terminal));
    Runtime.getRuntime().addShutdownHook(atExit);
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(whole)
            .setUnit(" " + unit, 1)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .setMaxRenderedLength(WIDTH)
            .hideEta()
            .setConsumer(
                new DelegatingProgressBarConsumer(line -> draw(terminal, "\r" + line), WIDTH))
            .build();
    drawn = new Drawn(terminal, bar, atExit);
  }

  private static @Nullable PrintWriter terminal() {
    String file = System.getProperty("kiln.terminal", "");
    try {
      return file.isEmpty()
          ? null
          : new PrintWriter(new FileOutputStream(file, true), false, Charset.defaultCharset());
    } catch (IOException e) {
      return null; // of another user, say: then there is no bar
    }
  }

  private synchronized void draw(PrintWriter terminal, String text) {
    if (!over) {
      terminal.print(text);
      terminal.flush();
    }
  }

  /** The run is ended, by Ctrl-C for one: the bar stays, what follows it begins on its own line. */
  private synchronized void leave(PrintWriter terminal) {
    draw(terminal, "\n");
    over = true;
  }

  /** So much is done; {@code note} stands beside the bar. */
  public void at(int done, String note) {
    if (drawn != null) {
      drawn.bar.setExtraMessage(note);
      drawn.bar.stepTo(done);
    }
  }

  /** Has a line printed where the bar is, which goes on below it. */
  synchronized void above(Runnable line) {
    if (drawn != null) {
      draw(drawn.terminal, wiped());
    }
    line.run();
  }

  private static String wiped() {
    return "\r" + " ".repeat(WIDTH) + "\r";
  }

  /** Takes the bar away: what follows it is a line with the outcome. */
  @Override
  public void close() {
    Drawn last = drawn;
    if (last == null) {
      return;
    }
    drawn = null;
    last.bar.close();
    draw(last.terminal, wiped());
    try {
      Runtime.getRuntime().removeShutdownHook(last.atExit);
      last.terminal.close();
    } catch (IllegalStateException e) {
      // the JVM is ending, and the hook is at it
    }
  }
}
