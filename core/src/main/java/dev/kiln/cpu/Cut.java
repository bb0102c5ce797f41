package dev.kiln.cpu;

/** An output image in pieces: so many rows, and where a piece has one row, so many columns. */
record Cut(int height, int width, int down, int across) {
  /** The fewest columns that a row is cut into. */
  private static final int STRIP = 64;

  /** Enough pieces for all threads, each small enough to be laid out in the cache. */
  static Cut of(Window window, int n, int threads) {
    Cut rows = ofRows(window, n, threads);
    int down = rows.down;
    while (down < rows.height
        && Planes.sizeOf(window, (rows.height + down - 1) / down) > CpuConvolution.PLANES) {
      down++;
    }
    int across = 1;
    if (down == rows.height) {
      long columns = Planes.sizeOf(window, 1) / CpuConvolution.PLANES + 1;
      long tasks = 4L * threads / n / down;
      across = (int) Math.min(Math.max(1, rows.width / STRIP), Math.max(columns, tasks));
    }
    return new Cut(rows.height, rows.width, down, across);
  }

  /** Enough pieces for all threads. */
  static Cut ofRows(Window window, int n, int threads) {
    int wanted = Math.max(1, (4 * threads + n - 1) / n);
    int height = window.outHeight();
    return new Cut(height, window.outWidth(), Math.min(height, wanted), 1);
  }

  int pieces() {
    return down * across;
  }

  int mostRows() {
    return (height + down - 1) / down;
  }

  int row(int piece) {
    return (int) ((long) height * piece / down);
  }

  int column(int strip) {
    return (int) ((long) width * strip / across);
  }
}
