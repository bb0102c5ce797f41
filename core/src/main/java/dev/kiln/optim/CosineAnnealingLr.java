package dev.kiln.optim;

/**
 * The rate falls from the base to a minimum along half a cosine (Loshchilov and Hutter 2017,
 * without restarts), and beyond its length rises again the same way, as PyTorch's does: {@code
 * least + (base - least) · (1 + cos(π · epoch / length)) / 2}.
 */
public final class CosineAnnealingLr extends EpochSchedule {
  private final int length;
  private final double least;

  /**
   * @param length epochs until the minimum: PyTorch's {@code T_max}
   * @param least the minimum: {@code eta_min}
   */
  public CosineAnnealingLr(Optimizer optimizer, int length, double least) {
    super(optimizer);
    if (length < 1) {
      throw new IllegalArgumentException(
          "CosineAnnealingLr: its length is at least 1 epoch, not " + length);
    }
    this.length = length;
    this.least = Optimizer.atLeastZero("minimum of the lr", least);
  }

  @Override
  double rate(double base, int epochs) {
    // whole turns off first, so that far epochs keep their digits
    double angle = Math.PI * (epochs % (2L * length)) / length;
    return least + (base - least) * (1 + Math.cos(angle)) / 2;
  }
}
