package dev.kiln;

import dev.kiln.backend.Buffer;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Buffers that open recordings read and write. One whose tensors close meanwhile is given back only
 * when the last of its recordings is closed.
 */
final class Retained {
  private final Map<Buffer, Hold> holds = new IdentityHashMap<>();

  private static final class Hold {
    int recordings;
    boolean released;
  }

  /** One more recording wants the buffer. */
  synchronized void hold(Buffer buffer) {
    holds.computeIfAbsent(buffer, key -> new Hold()).recordings++;
  }

  /**
   * One recording less wants it.
   *
   * @return whether it is to be given back now
   */
  synchronized boolean letGo(Buffer buffer) {
    Hold hold = holds.get(buffer);
    if (hold == null || --hold.recordings > 0) {
      return false;
    }
    holds.remove(buffer);
    return hold.released;
  }

  /**
   * Its last tensor has closed.
   *
   * @return whether it is held, and to be given back later
   */
  synchronized boolean released(Buffer buffer) {
    Hold hold = holds.isEmpty() ? null : holds.get(buffer);
    if (hold == null) {
      return false;
    }
    hold.released = true;
    return true;
  }
}
