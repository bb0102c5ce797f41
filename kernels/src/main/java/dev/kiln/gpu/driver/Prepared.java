package dev.kiln.gpu.driver;

/** Commands that a {@link Driver} has made ready, to be queued together again and again. */
public interface Prepared extends AutoCloseable {
  /** How large the memory for so many numbers is: drivers may write it in pieces of 128 bytes. */
  static long bytesFor(int numbers) {
    return (numbers + 31) / 32 * 128L;
  }

  /**
   * Queues them all.
   *
   * @param numbers what the memory for numbers is to hold before the first of them; it may be
   *     changed when the call returns
   */
  void run(int[] numbers);

  /** Lets go of what the driver holds for it, once the queued runs are done. */
  @Override
  void close();
}
