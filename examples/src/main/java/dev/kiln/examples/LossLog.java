package dev.kiln.examples;

import dev.kiln.Scope;
import dev.kiln.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Queue;

/**
 * The losses of all steps. They are read from the device some steps late: asking at once would have
 * it wait for us after every step.
 */
public final class LossLog {
  private static final int LATE = 8;

  private final Queue<Tensor> onDevice = new ArrayDeque<>();
  private final List<Float> read = new ArrayList<>();

  /** Takes a copy of a step's loss: where it lies a recording will write the next one. */
  public void add(Scope step, Tensor loss) {
    onDevice.add(step.keep(loss.detach().mul(1)));
    if (onDevice.size() > LATE) {
      readAll();
    }
  }

  /** Waits for what is not there yet. */
  public void readAll() {
    for (Tensor loss = onDevice.poll(); loss != null; loss = onDevice.poll()) {
      read.add(loss.item());
      loss.close();
    }
  }

  /** Of the latest step that has been read; NaN before there is one. */
  public float latest() {
    return read.isEmpty() ? Float.NaN : read.get(read.size() - 1);
  }

  /**
   * The latest loss as a note beside a bar: nothing before one has been read.
   *
   * @param format of one number, such as {@code "loss %.3f"}
   */
  public String note(String format) {
    return read.isEmpty() ? "" : String.format(Locale.ROOT, format, latest());
  }

  /** What has been read so far, a number a step. */
  public List<Float> values() {
    return Collections.unmodifiableList(read);
  }
}
