package dev.kiln;

import dev.kiln.backend.Recorder.VaryingCall;
import java.util.function.Supplier;

/**
 * Numbers that an op is given anew at each run of a {@link Recording}: an optimizer's step sizes,
 * the stream of a dropout mask. Outside a recording it holds what it was made with. For ops.
 */
public final class Varying<S> {
  private final Device device;
  private final Supplier<S> next;
  private S current;

  Varying(Device device, Supplier<S> next) {
    this.device = device;
    this.next = next;
    this.current = next.get();
  }

  /** What the numbers are in the present run. */
  public S current() {
    return current;
  }

  void advance() {
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
