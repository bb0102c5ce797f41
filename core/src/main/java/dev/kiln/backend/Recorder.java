package dev.kiln.backend;

import dev.kiln.DType;
import java.util.function.Supplier;

/**
 * Takes down calls of a backend without making them, so that they can be made again and again: what
 * {@link dev.kiln.Device#record} is built on. For one thread.
 *
 * <p>The buffers that come from here are the recording's own. One that is released may be handed
 * out here again, to nobody else: a replay writes to it at the same place of the same order of
 * calls.
 */
public interface Recorder {
  /** A buffer that lasts until {@link Replay#close}, and longer while it is not released. */
  Buffer allocate(DType dtype, int size);

  /** Gives a buffer back that came from here. */
  void release(Buffer buffer);

  /** Takes a call down. */
  void take(BackendCall call);

  /**
   * Takes a call down whose numbers are other ones at each replay.
   *
   * @param numbers what they are at the time of a replay; the same object until they change
   */
  <S> void take(Supplier<S> numbers, VaryingCall<S> call);

  /** Ends the taking down. If this fails, {@link #abandon} is still to be called. */
  Replay finish();

  /** Ends it with nothing to replay, and gives the memory back, all but what is still in use. */
  void abandon();

  /** A call of one method with all its arguments. */
  @FunctionalInterface
  interface BackendCall {
    void make(Backend backend);
  }

  /** A call of one method with all its arguments but its numbers. */
  @FunctionalInterface
  interface VaryingCall<S> {
    void make(Backend backend, S numbers);
  }

  /** Calls that were taken down. */
  interface Replay extends AutoCloseable {
    /** Makes them, in the order in which they were taken down. */
    void run();

    /** Gives the recording's memory back, all but what is still in use. */
    @Override
    void close();
  }
}
