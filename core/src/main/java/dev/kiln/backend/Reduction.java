package dev.kiln.backend;

/** One number from each row of {@code [outer, n, inner]}; results are {@code [outer, inner]}. */
public interface Reduction {
  /**
   * {@code y = scale · Σ x}, in float32 with a summation that keeps the error of long rows small
   * (pairwise or by blocks); 0 for empty rows.
   */
  void sum(Rows rows, float scale, Buffer x, Buffer y);

  /**
   * The largest element and its position; among equals the first, and NaN beats all. Rows are not
   * empty.
   *
   * @param indices int32
   */
  void max(Rows rows, Buffer x, Buffer values, Buffer indices);

  /**
   * Zeros, but for {@code dx[row][indices[row]] = dy[row]}.
   *
   * @param dx {@code [outer, n, inner]}
   */
  void scatter(Rows rows, Buffer indices, Buffer dy, Buffer dx);
}
