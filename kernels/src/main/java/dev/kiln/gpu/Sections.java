package dev.kiln.gpu;

import dev.kiln.backend.Rows;

/**
 * Rows cut into sections of equal length, the last of which may be shorter: each is summed on its
 * own, so that few long rows keep a whole device busy and no sum gets long enough to lose digits.
 *
 * @param rows what is cut
 * @param length elements of a section, at least 1
 * @param count sections of a row, at least 1
 */
record Sections(Rows rows, int length, int count) {
  /**
   * @param wanted how many sections should there be at least, over all rows
   * @param shortest but only if they are no shorter than this
   * @param longest and in any case no longer than this
   */
  static Sections of(Rows rows, long wanted, int shortest, int longest) {
    long perRow = ceilDiv(wanted, Math.max(1, rows.count()));
    long count = Math.max(Math.min(perRow, rows.n() / shortest), ceilDiv(rows.n(), longest));
    int length = (int) Math.max(1, ceilDiv(rows.n(), Math.max(1, count)));
    return new Sections(rows, length, (int) Math.max(1, ceilDiv(rows.n(), length)));
  }

  /** What the sections' results are, seen as rows to be reduced once more. */
  Rows results() {
    return new Rows(rows.outer(), count, rows.inner());
  }

  int total() {
    return rows.count() * count;
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }
}
