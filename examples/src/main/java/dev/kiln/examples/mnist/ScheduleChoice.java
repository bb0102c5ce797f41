package dev.kiln.examples.mnist;

import dev.kiln.optim.CosineAnnealingLr;
import dev.kiln.optim.ExponentialLr;
import dev.kiln.optim.LinearWarmup;
import dev.kiln.optim.LrSchedule;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.ReduceLrOnPlateau;
import dev.kiln.optim.StepLr;
import java.util.Locale;

/** What {@code --schedule} names: how the learning rate goes over the epochs. */
enum ScheduleChoice {
  /** As it is. */
  NONE {
    @Override
    Course of(Optimizer optimizer, int epochs, int batches) {
      return Course.byEpoch(metric -> {});
    }
  },
  /** As it is, then over the last third of the steps to nothing, in equal steps. */
  TAIL {
    @Override
    Course of(Optimizer optimizer, int epochs, int batches) {
      return Course.byBatch(new Tail(optimizer, epochs * batches));
    }
  },
  /** A tenth after each third of the epochs. */
  STEP {
    @Override
    Course of(Optimizer optimizer, int epochs, int batches) {
      return Course.byEpoch(new StepLr(optimizer, Math.max(1, (epochs + 2) / 3), 0.1));
    }
  },
  /** By the same factor each epoch, to a hundredth at the end. */
  EXPONENTIAL {
    @Override
    Course of(Optimizer optimizer, int epochs, int batches) {
      return Course.byEpoch(new ExponentialLr(optimizer, Math.pow(0.01, 1.0 / epochs)));
    }
  },
  /** Along half a cosine to nothing. */
  COSINE {
    @Override
    Course of(Optimizer optimizer, int epochs, int batches) {
      return Course.byBatch(new CosineAnnealingLr(optimizer, epochs * batches, 0));
    }
  },
  /** Up over the first tenth of the steps, then along half a cosine to nothing. */
  WARMUP {
    @Override
    Course of(Optimizer optimizer, int epochs, int batches) {
      int up = Math.max(1, epochs * batches / 10);
      LrSchedule down = new CosineAnnealingLr(optimizer, Math.max(1, epochs * batches - up), 0);
      return Course.byBatch(new LinearWarmup(optimizer, up, 0.1, down));
    }
  },
  /** A tenth when the loss has not become smaller for an epoch. */
  PLATEAU {
    @Override
    Course of(Optimizer optimizer, int epochs, int batches) {
      return Course.byEpoch(new ReduceLrOnPlateau(optimizer).patience(0));
    }
  };

  /**
   * For an optimizer that has its learning rate.
   *
   * @param batches of an epoch
   */
  abstract Course of(Optimizer optimizer, int epochs, int batches);

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Hears of every batch and every epoch. */
  interface Course {
    /** After the optimizer's step. */
    void batch();

    /** After the last batch. */
    void epoch(double loss);

    static Course byBatch(LrSchedule schedule) {
      return new Course() {
        @Override
        public void batch() {
          schedule.step(Double.NaN);
        }

        @Override
        public void epoch(double loss) {}
      };
    }

    static Course byEpoch(LrSchedule schedule) {
      return new Course() {
        @Override
        public void batch() {}

        @Override
        public void epoch(double loss) {
          schedule.step(loss);
        }
      };
    }
  }

  /** What the last batches happened to be matters less when their steps are small. */
  private static final class Tail implements LrSchedule {
    private final Optimizer optimizer;
    private final double lr;
    private final int steps;
    private int step;

    Tail(Optimizer optimizer, int steps) {
      this.optimizer = optimizer;
      this.lr = optimizer.groups().get(0).lr();
      this.steps = steps;
    }

    @Override
    public void step(double metric) {
      optimizer.lr(lr * share(++step, steps));
    }
  }

  /** The share of the learning rate that a step takes. */
  static double share(int step, int steps) {
    return Math.max(0, Math.min(1, 3.0 * (steps - step) / steps));
  }
}
