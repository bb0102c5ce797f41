package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import java.util.List;

/**
 * Buffers of any number and size, cut into chunks that lie in one buffer each: so that many small
 * ones are one loop for the {@link Workers}. Where chunks begin depends on the sizes alone.
 */
final class Chunks {
  private static final int CHUNK = 1024;

  /** How many chunks a thread gets at least. */
  private static final int GRAIN = 16;

  private final int[] sizes;

  /** How many chunks the buffers up to and with each one have. */
  private final int[] ends;

  Chunks(List<Buffer> buffers) {
    sizes = new int[buffers.size()];
    ends = new int[buffers.size()];
    int end = 0;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = buffers.get(i).size();
      end = Math.addExact(end, (int) ((sizes[i] + CHUNK - 1L) / CHUNK));
      ends[i] = end;
    }
  }

  int count() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  /** What is done with one chunk. */
  interface Body {
    /**
     * @param chunk its number
     * @param buffer the place of its buffer in the list
     * @param from its first element there
     * @param n how many elements
     */
    void run(int chunk, int buffer, int from, int n);
  }

  /** Runs {@code body} on every chunk. */
  void each(Workers workers, Body body) {
    workers.rows(
        count(),
        GRAIN,
        (first, end) -> {
          int buffer = 0;
          for (int chunk = first; chunk < end; chunk++) {
            while (ends[buffer] <= chunk) {
              buffer++;
            }
            int from = (chunk - (buffer == 0 ? 0 : ends[buffer - 1])) * CHUNK;
            body.run(chunk, buffer, from, Math.min(CHUNK, sizes[buffer] - from));
          }
        });
  }
}
