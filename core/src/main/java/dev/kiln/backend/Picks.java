package dev.kiln.backend;

/**
 * Rows taken by number along the middle dimension: of {@code x [outer, n, inner]} into {@code y
 * [outer, count, inner]}.
 */
public record Picks(int outer, int n, int count, int inner) {

  /** Elements of {@code y}. */
  public int taken() {
    return outer * count * inner;
  }
}
