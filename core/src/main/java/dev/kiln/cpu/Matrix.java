package dev.kiln.cpu;

/**
 * A matrix inside an array: element (i, j) is at {@code offset + i * rowStride + j * columnStride}.
 */
record Matrix(float[] data, int offset, int rows, int columns, int rowStride, int columnStride) {

  /** Row-major and dense. */
  static Matrix dense(float[] data, int offset, int rows, int columns) {
    return new Matrix(data, offset, rows, columns, columns, 1);
  }

  /** The same elements with rows and columns exchanged; nothing is copied. */
  Matrix transposed() {
    return new Matrix(data, offset, columns, rows, columnStride, rowStride);
  }

  /** The position of an element in the array. */
  int at(int row, int column) {
    return offset + row * rowStride + column * columnStride;
  }

  /** The rows as lines: this matrix on the left. */
  Operand left(Tiles tiles) {
    return (line, count, depth, k, panel, offset, width) ->
        pack(tiles, data, at(line, depth), rowStride, columnStride, count, k, panel, offset, width);
  }

  /** The columns as lines: this matrix on the right. */
  Operand right(Tiles tiles) {
    return transposed().left(tiles);
  }

  private static void pack(
      Tiles tiles,
      float[] source,
      int from,
      int across,
      int along,
      int count,
      int k,
      float[] panel,
      int offset,
      int width) {
    if (across == 1) {
      // whole vectors, but for the end: what follows may be another thread's panel
      int whole = Math.max(0, k - (tiles.lanes() + width - 1) / width);
      tiles.copyRows(source, from, along, whole, count, panel, offset, width);
      for (int p = whole; p < k; p++) {
        System.arraycopy(source, from + p * along, panel, offset + p * width, count);
      }
    } else if (along == 1) {
      transpose(source, from, across, count, k, panel, offset, width);
    } else {
      for (int p = 0; p < k; p++) {
        for (int r = 0; r < count; r++) {
          panel[offset + p * width + r] = source[from + r * across + p * along];
        }
      }
    }
  }

  /**
   * Writes {@code source[from + r * across + p]} to {@code panel[offset + p * width + r]}: four
   * lines at a time, in stretches that keep the panel's end in the first-level cache.
   */
  static void transpose(
      float[] source,
      int from,
      int across,
      int count,
      int k,
      float[] panel,
      int offset,
      int width) {
    for (int begin = 0; begin < k; begin += 64) {
      int end = Math.min(k, begin + 64);
      int r = 0;
      for (; r + 4 <= count; r += 4) {
        int s0 = from + r * across;
        int s1 = s0 + across;
        int s2 = s1 + across;
        int s3 = s2 + across;
        int t = offset + begin * width + r;
        for (int p = begin; p < end; p++) {
          panel[t] = source[s0 + p];
          panel[t + 1] = source[s1 + p];
          panel[t + 2] = source[s2 + p];
          panel[t + 3] = source[s3 + p];
          t += width;
        }
      }
      for (; r < count; r++) {
        int s = from + r * across;
        for (int p = begin; p < end; p++) {
          panel[offset + p * width + r] = source[s + p];
        }
      }
    }
  }
}
