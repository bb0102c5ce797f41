package dev.kiln.cpu;

/**
 * Which hidden units of a recurrent layer are computed together.
 *
 * @param first the first of them
 * @param count how many
 * @param all how many the layer has
 */
record Units(int first, int count, int all) {

  static Units all(int hidden) {
    return new Units(0, hidden, hidden);
  }

  /** One of {@code parts} equal parts. */
  static Units part(int part, int parts, int hidden) {
    int count = hidden / parts;
    return new Units(part * count, count, hidden);
  }

  boolean areAll() {
    return count == all;
  }
}
