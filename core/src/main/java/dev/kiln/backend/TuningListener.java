package dev.kiln.backend;

/**
 * Is told how {@link Tunable#tune} gets on. Works and variants are named as its file names them.
 */
public interface TuningListener {
  /** So many works are there to be measured. */
  void begins(int works);

  /** The next of them begins. */
  void measuring(String work);

  /**
   * A variant is out of the race for this work.
   *
   * @param why it failed, was wrong or took too long
   */
  void dropped(String work, String variant, String why);

  /**
   * A work has its winner. Works that can be computed in one way only have none.
   *
   * @param variant {@code own} if it is what Kiln takes where nothing was measured
   * @param gain how many times as fast as that it is; 1 for {@code own}
   */
  void measured(String work, String variant, double gain);
}
