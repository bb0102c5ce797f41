package dev.kiln.examples.sequence;

/**
 * A long sequence cut into streams of the same length that are read side by side, a window at a
 * time: the state that a net has after one window is the one it begins the next with. The target of
 * a place is what stands one place further on.
 *
 * @param ids the sequence
 * @param count how many streams
 * @param window places a window, the last of which may be shorter
 */
record Streams(int[] ids, int count, int window) {
  /**
   * @throws IllegalArgumentException if the sequence does not give every stream one place and its
   *     target
   */
  Streams {
    if (count < 1 || window < 1) {
      throw new IllegalArgumentException(
          "streams: at least one stream and one place a window, not " + count + " and " + window);
    }
    if (ids.length <= count) {
      throw new IllegalArgumentException(
          "streams: " + ids.length + " characters are too few for " + count + " streams");
    }
  }

  /**
   * What the net reads in one step, row-major {@code [streams, steps]}.
   *
   * @param target what it should say, likewise
   */
  record Window(int[] input, int[] target, int steps) {}

  /** Places a stream that have a target; the rest of the sequence, at its end, is not read. */
  int length() {
    return (ids.length - 1) / count;
  }

  /** How many windows it takes to read the streams. */
  int windows() {
    return (length() - 1) / window + 1;
  }

  /** Window {@code i}, from 0 on. */
  Window get(int i) {
    int from = i * window;
    int steps = Math.min(window, length() - from);
    int[] input = new int[count * steps];
    int[] target = new int[count * steps];
    for (int stream = 0; stream < count; stream++) {
      int place = stream * length() + from;
      System.arraycopy(ids, place, input, stream * steps, steps);
      System.arraycopy(ids, place + 1, target, stream * steps, steps);
    }
    return new Window(input, target, steps);
  }
}
