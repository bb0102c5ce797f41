package dev.kiln.backend;

/**
 * Elements found by their number. An index is int32 and each of its numbers lies in {@code 0 … n -
 * 1}; the same one may come again and again.
 */
public interface Indexing {
  /**
   * {@code y[o, k, i] = x[o, index[k], i]}.
   *
   * @param index {@code [count]}
   * @param y the dtype of {@code x}
   */
  void take(Picks picks, Buffer x, Buffer index, Buffer y);

  /**
   * {@code dx[o, v, i] = Σ dy[o, k, i]} over all k with {@code index[k] = v}, in an order that
   * depends on nothing but the arguments; 0 where there is none.
   *
   * @param skipped a v whose gradient is 0 all the same; -1 for none
   */
  void takeGradient(Picks picks, int skipped, Buffer index, Buffer dy, Buffer dx);

  /**
   * {@code y[o, k, i] = x[o, index[o, k, i], i]}.
   *
   * @param index {@code [outer, count, inner]}
   * @param y the dtype of {@code x}
   */
  void gather(Picks picks, Buffer x, Buffer index, Buffer y);

  /** {@code dx[o, v, i] = Σ dy[o, k, i]} over all k with {@code index[o, k, i] = v}. */
  void gatherGradient(Picks picks, Buffer index, Buffer dy, Buffer dx);

  /**
   * {@code y[k, c] = 1} where {@code index[k] = c}, else 0.
   *
   * @param y {@code [index size, classes]}, of either dtype
   */
  void oneHot(int classes, Buffer index, Buffer y);
}
