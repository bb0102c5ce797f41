package dev.kiln.gpu.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a constructor has acquired so far: given back, the latest first, unless the rest comes too.
 *
 * <pre>{@code
 * try (Acquired acquired = new Acquired()) {
 *   ...
 *   acquired.add(this::destroyStream);
 *   ...
 *   acquired.keep();
 * }
 * }</pre>
 */
final class Acquired implements AutoCloseable {
  private final Deque<Runnable> waysBack = new ArrayDeque<>();

  void add(Runnable wayBack) {
    waysBack.push(wayBack);
  }

  /** Nothing is missing: it is given back by whoever has it now. */
  void keep() {
    waysBack.clear();
  }

  /** Goes all ways back, also after one that fails. */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!waysBack.isEmpty()) {
      first = go(waysBack.pop(), first);
    }
    if (first != null) {
      throw first;
    }
  }

  private static @Nullable RuntimeException go(
      Runnable wayBack, @Nullable RuntimeException earlier) {
    try {
      wayBack.run();
      return earlier;
    } catch (RuntimeException e) {
      if (earlier == null) {
        return e;
      }
      earlier.addSuppressed(e);
      return earlier;
    }
  }
}
