package dev.kiln.gpu;

import org.jspecify.annotations.Nullable;

/** How the rows of a strided kernel are cut into runs, one a work-item: see copy.cl. */
final class RowRuns {
  private static final int SHORTEST = 1024;
  private static final int ITEMS_PER_UNIT = 64;

  /** Elements of a run. */
  final int run;

  /** Work-items in all. */
  final long items;

  /**
   * @param extents of the index space; the last is the length of a row
   */
  RowRuns(int[] extents, boolean cpu, int computeUnits) {
    int n = extents[extents.length - 1];
    long rows = 1;
    for (int i = 0; i < extents.length - 1; i++) {
      rows *= extents[i];
    }
    if (cpu) {
      long share = rows * n / ((long) computeUnits * ITEMS_PER_UNIT);
      this.run = (int) Math.max(1, Math.min(n, Math.max(SHORTEST, share)));
    } else {
      this.run = 1;
    }
    this.items = rows * ((n + run - 1L) / run);
  }

  /** Writes {@code values} as the last of {@code rank} arguments, with {@code fill} before them. */
  static void put(@Nullable Object[] arguments, int at, int[] values, int rank, int fill) {
    int lead = rank - values.length;
    for (int i = 0; i < rank; i++) {
      arguments[at + i] = i < lead ? fill : values[i - lead];
    }
  }
}
