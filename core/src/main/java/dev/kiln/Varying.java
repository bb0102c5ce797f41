package dev.kiln;

import dev.kiln.backend.Recorder.VaryingCall;
import java.util.List;
import java.util.function.Supplier;

/**
 * Numbers that an op is given anew at each run of a {@link Recording}: an optimizer's step sizes,
 * the stream of a dropout mask. Outside a recording it holds what it was made with. For ops.
 */
public final class Varying<S> {
  private final Device device;
  private final Supplier<S> next;
  private final Runnable undo;
  private S current;

  Varying(Device device, Supplier<S> next, Runnable undo) {
    this.device = device;
    this.next = next;
    this.undo = undo;
    this.current = next.get();
  }

  /** What the numbers are in the present run. */
  public S current() {
    return current;
  }

  /** Has all of them hold what the next run is given; if that fails, none has counted it. */
  static void advance(List<Varying<?>> all) {
    int done = 0;
    try {
      for (; done < all.size(); done++) {
        all.get(done).advance();
      }
    } catch (RuntimeException e) {
      goBack(all.subList(0, done));
      throw e;
    }
  }

  /** Has them count no run that did not take place. */
  static void goBack(List<Varying<?>> all) {
    for (int i = all.size() - 1; i >= 0; i--) {
      all.get(i).undo.run();
    }
  }

  private void advance() {
    current = next.get();
  }

  /**
   * Makes a call with these numbers; a recording makes it again with those of its run.
   *
   * @param call of exactly one method of the backend
   */
  public void call(VaryingCall<S> call) {
    device.call(this, call);
  }
}
