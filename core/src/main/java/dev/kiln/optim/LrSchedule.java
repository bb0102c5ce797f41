package dev.kiln.optim;

/**
 * Changes an optimizer's learning rates from epoch to epoch: {@link #step} ends one. An epoch may
 * be whatever is counted, a batch as well.
 */
public interface LrSchedule {
  /**
   * Ends an epoch and sets the rates of the next.
   *
   * @param metric what {@link ReduceLrOnPlateau} watches; the others take no notice of it
   */
  void step(double metric);
}
