package dev.kiln.cpu;

/** Rows in an array at equal distances, the first at {@code offset}. */
record Strided(float[] data, int offset, int stride) {
  int at(int row) {
    return offset + row * stride;
  }
}
