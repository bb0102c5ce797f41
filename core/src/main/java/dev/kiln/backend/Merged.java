package dev.kiln.backend;

import java.util.Arrays;

/** Index spaces with neighbouring dimensions merged wherever every operand's strides allow it. */
record Merged(int[] extents, int[][] strides) {

  /**
   * @param strides one array an operand
   * @return at least one dimension, in the same order
   */
  static Merged of(int[] extents, int[]... strides) {
    int rank = 0;
    int[] merged = new int[Math.max(1, extents.length)];
    int[][] kept = new int[strides.length][merged.length];
    for (int i = 0; i < extents.length; i++) {
      if (extents[i] == 1) {
        continue;
      }
      if (rank > 0 && continues(rank - 1, i, extents[i], kept, strides)) {
        merged[rank - 1] *= extents[i];
        rank--;
      } else {
        merged[rank] = extents[i];
      }
      for (int operand = 0; operand < strides.length; operand++) {
        kept[operand][rank] = strides[operand][i];
      }
      rank++;
    }
    if (rank == 0) {
      merged[rank++] = 1;
    }
    int[][] cut = new int[strides.length][];
    for (int operand = 0; operand < strides.length; operand++) {
      cut[operand] = Arrays.copyOf(kept[operand], rank);
    }
    return new Merged(Arrays.copyOf(merged, rank), cut);
  }

  private static boolean continues(int last, int next, int extent, int[][] kept, int[][] strides) {
    for (int operand = 0; operand < strides.length; operand++) {
      if (kept[operand][last] != strides[operand][next] * extent) {
        return false;
      }
    }
    return true;
  }

  static int size(int[] extents) {
    int size = 1;
    for (int extent : extents) {
      size *= extent;
    }
    return size;
  }
}
