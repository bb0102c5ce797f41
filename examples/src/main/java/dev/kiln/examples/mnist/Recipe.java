package dev.kiln.examples.mnist;

import dev.kiln.Device;
import dev.kiln.data.DataLoader;
import dev.kiln.data.Dataset;
import dev.kiln.data.ImageAugmentation;
import dev.kiln.examples.Limits;
import dev.kiln.nn.Module;
import dev.kiln.ops.CrossEntropy;
import dev.kiln.ops.Reduction;
import dev.kiln.optim.Optimizer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How {@code kiln mnist} trains: what the user says, else what suits the net. */
final class Recipe {
  /** Up to two pixels, 10 degrees and a little noise: a digit stays what it is. */
  private static final ImageAugmentation AUGMENTATION =
      ImageAugmentation.NONE.shift(2).rotate(10).noise(0.05);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often to go over all images (default: 6 for mlp, else 2).")
  private @Nullable Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "B",
      description = "Images a step (default: 256 for mlp, else 64).")
  private @Nullable Integer batch;

  @Option(
      names = "--optimizer",
      paramLabel = "O",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private OptimizerChoice optimizer = OptimizerChoice.ADAM;

  @Option(
      names = "--lr",
      paramLabel = "R",
      description =
          "The learning rate to begin with (default: what suits the optimizer; of adam 3e-4 for"
              + " inception-resnet, else 2e-3).")
  private @Nullable Double lr;

  @Option(
      names = "--schedule",
      paramLabel = "S",
      description =
          "How the learning rate goes on: none stays; tail falls to nothing over the last third of"
              + " the steps; step to a tenth after each third; exponential to a hundredth; cosine"
              + " to nothing; warmup rises first; plateau to a tenth when the loss stays"
              + " (default: ${DEFAULT-VALUE}).")
  private ScheduleChoice schedule = ScheduleChoice.TAIL;

  @Option(
      names = "--label-smoothing",
      paramLabel = "P",
      description = "The share of each target that goes to all classes (default: 0).")
  private double smoothing;

  @Option(
      names = "--augment",
      description = "Show each image a little moved, turned and noisy, another way each epoch.")
  private boolean augment;

  @Option(
      names = "--early-stop",
      paramLabel = "N",
      description =
          "Hold back a tenth of the training images, stop when these have not been recognized"
              + " better for N epochs, and keep the best weights.")
  private @Nullable Integer patience;

  /**
   * @throws ParameterException if an option makes no sense
   */
  void check(MnistNet model) {
    epochs(model);
    batch(model);
    lr(model);
    patience();
    if (!(smoothing >= 0 && smoothing <= 1)) {
      throw new ParameterException(
          spec.commandLine(), "--label-smoothing is from 0 to 1, not " + smoothing);
    }
  }

  int epochs(MnistNet model) {
    return Limits.within(
        spec, "--epochs", 1, Limits.MANY, epochs == null ? model.epochs() : epochs);
  }

  int batch(MnistNet model) {
    return Limits.within(spec, "--batch", 1, Limits.BATCH, batch == null ? model.batch() : batch);
  }

  private double lr(MnistNet model) {
    return Limits.rate(spec, lr == null ? optimizer.lr(model) : lr);
  }

  /** After how many epochs without improvement to stop; 0 for never. */
  int patience() {
    return patience == null ? 0 : Limits.within(spec, "--early-stop", 1, Limits.MANY, patience);
  }

  DataLoader batches(Device device, Dataset images, MnistNet model, long seed) {
    DataLoader loader = DataLoader.of(device, images, batch(model)).shuffled(seed);
    return augment ? loader.augmented(AUGMENTATION, seed) : loader;
  }

  Optimizer optimizer(Module net, MnistNet model) {
    return optimizer.of(net.parameters(), lr(model));
  }

  ScheduleChoice.Course course(Optimizer stepped, MnistNet model, int batches) {
    Limits.steps(spec, epochs(model), batches);
    return schedule.of(stepped, epochs(model), batches);
  }

  CrossEntropy.Options loss() {
    return new CrossEntropy.Options(CrossEntropy.IGNORE_INDEX, (float) smoothing, Reduction.MEAN);
  }

  /** In a few words, where it is not the usual one. */
  @Override
  public String toString() {
    return (augment ? ", augmented" : "")
        + (smoothing > 0 ? ", labels smoothed by " + smoothing : "")
        + (schedule == ScheduleChoice.TAIL ? "" : ", schedule " + schedule);
  }

  /** The optimizer's name. */
  String optimizerName() {
    return optimizer.toString();
  }
}
