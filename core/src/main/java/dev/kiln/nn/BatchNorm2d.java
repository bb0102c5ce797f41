package dev.kiln.nn;

import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.ops.BatchNorm;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization of images {@code [n, c, h, w]} (Ioffe and Szegedy 2015). In training it uses
 * the batch's mean and variance and updates the running ones, in evaluation it uses those.
 *
 * <p>Parameters: {@code weight [c]} from 1, {@code bias [c]} from 0; buffers {@code running_mean},
 * {@code running_var} and the counter {@code num_batches_tracked}. Unless told: eps 1e-5, momentum
 * 0.1.
 */
public final class BatchNorm2d extends Module {
  private final int channels;
  private double eps = 1e-5;
  private double momentum = 0.1;
  private boolean cumulative;
  private boolean affine = true;
  private boolean tracked = true;
  private @Nullable Parameter weight;
  private @Nullable Parameter bias;
  private @Nullable Parameter runningMean;
  private @Nullable Parameter runningVariance;
  private Counter batches = new Counter();

  public BatchNorm2d(int channels) {
    if (channels < 1) {
      throw new IllegalArgumentException("BatchNorm2d: channels are at least 1, not " + channels);
    }
    this.channels = channels;
    declare();
  }

  /** What is added to the variance. */
  public BatchNorm2d eps(double value) {
    eps = value;
    return this;
  }

  /** The share of a batch in the running statistics. */
  public BatchNorm2d momentum(double share) {
    momentum = share;
    cumulative = false;
    return this;
  }

  /** The running statistics are the plain average over all batches: PyTorch's momentum None. */
  public BatchNorm2d cumulative() {
    cumulative = true;
    return this;
  }

  /** Whether there are weight and bias: unless told, there are. */
  public BatchNorm2d affine(boolean wanted) {
    affine = wanted;
    return redeclare("affine");
  }

  /**
   * Whether there are running statistics: unless told, there are; else evaluation uses the batch's
   * own too.
   */
  public BatchNorm2d trackRunningStats(boolean wanted) {
    tracked = wanted;
    return redeclare("trackRunningStats");
  }

  private BatchNorm2d redeclare(String option) {
    withdraw(option, "weight", "bias", "running_mean", "running_var", "num_batches_tracked");
    declare();
    return this;
  }

  private void declare() {
    weight = affine ? parameter("weight", Init.ones(), channels) : null;
    bias = affine ? parameter("bias", Init.zeros(), channels) : null;
    runningMean = tracked ? buffer("running_mean", Init.zeros(), channels) : null;
    runningVariance = tracked ? buffer("running_var", Init.ones(), channels) : null;
    batches = tracked ? counter("num_batches_tracked") : new Counter();
  }

  @Override
  public Tensor forward(Tensor x) {
    if (x.shape().rank() != 4) {
      throw new ShapeException(
          "batch_norm2d: the input " + x.shape() + " should be [n, " + channels + ", h, w]");
    }
    Tensor mean = tensor(runningMean);
    Tensor variance = tensor(runningVariance);
    if (!isTraining() && mean != null && variance != null) {
      return BatchNorm.eval(x, tensor(weight), tensor(bias), mean, variance, (float) eps);
    }
    boolean update = isTraining() && tracked;
    if (update && cumulative && x.device().isRecording()) {
      throw new IllegalStateException(
          "recording: the step cannot be recorded: BatchNorm2d.cumulative() gives every batch"
              + " another share; use momentum()");
    }
    double share = cumulative ? 1.0 / (batches.value + 1) : momentum;
    Tensor y =
        BatchNorm.train(
            x,
            tensor(weight),
            tensor(bias),
            update ? mean : null,
            update ? variance : null,
            (float) share,
            (float) eps);
    if (update) {
      x.device().varying(() -> ++batches.value, () -> --batches.value);
    }
    return y;
  }

  private static @Nullable Tensor tensor(@Nullable Parameter parameter) {
    return parameter == null ? null : parameter.tensor();
  }

  @Override
  protected String describe() {
    return "BatchNorm2d(" + channels + ")";
  }
}
