package dev.kiln.cpu;

/**
 * Working arrays of one thread, grown when needed and used again: packed operands and edge tiles.
 * Their contents are whatever the last user left.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private final float[][] arrays = new float[Role.values().length][0];
  private int[] integers = {};
  private float[][] lines = {};

  /** What an array is for; two uses that overlap in time need two roles. */
  enum Role {
    LEFT,
    RIGHT,
    SECOND_RIGHT,
    INPUT_RIGHT,
    SECOND_INPUT_RIGHT,
    TILE,
    ROW,
    LANES,
    LAST,
    PARTS,
    IMAGE,
    PLANES,
    PHASE,
    PHASE_KERNEL,
    START,
    SEQUENCES
  }

  static Scratch ofThread() {
    return OF_THREAD.get();
  }

  /** An array of at least {@code length} integers; there is only this one. */
  int[] integers(int length) {
    if (integers.length < length) {
      integers = new int[length];
    }
    return integers;
  }

  /**
   * At least so many arrays of {@code length}, which is always the same: for loops that must see
   * that they do not overlap.
   */
  float[][] lines(int count, int length) {
    if (lines.length < count) {
      lines = new float[count][length];
    }
    return lines;
  }

  /** An array of at least {@code length} elements. */
  float[] array(Role role, int length) {
    float[] array = arrays[role.ordinal()];
    if (array.length < length) {
      array = new float[Math.max(length, Math.min(2 * array.length, 1 << 20))];
      arrays[role.ordinal()] = array;
    }
    return array;
  }
}
