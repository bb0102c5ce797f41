package dev.kiln.examples;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long and in what steps a demo trains, with defaults that each demo gives. */
public final class TrainingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often to go over all data (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--batch",
      paramLabel = "B",
      description = "Samples a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--lr",
      paramLabel = "R",
      description = "The learning rate (default: ${DEFAULT-VALUE}).")
  private double lr;

  /** With these unless others are asked for. */
  public TrainingOptions(int epochs, int batch, double lr) {
    this.epochs = epochs;
    this.batch = batch;
    this.lr = lr;
  }

  public int epochs() {
    return Limits.within(spec, "--epochs", 1, Limits.MANY, epochs);
  }

  public int batch() {
    return Limits.within(spec, "--batch", 1, Limits.BATCH, batch);
  }

  public double lr() {
    return Limits.rate(spec, lr);
  }
}
