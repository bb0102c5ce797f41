package dev.kiln.examples.sequence;

import dev.kiln.examples.Limits;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a net practises a string that it sees whole in every step. */
final class SpellingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often to go over the string (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--lr",
      paramLabel = "R",
      description = "Adam's learning rate (default: ${DEFAULT-VALUE}).")
  private double lr;

  /** With these unless others are asked for. */
  SpellingOptions(int epochs, double lr) {
    this.epochs = epochs;
    this.lr = lr;
  }

  int epochs() {
    return Limits.within(spec, "--epochs", 1, Limits.MANY, epochs);
  }

  double lr() {
    return Limits.rate(spec, lr);
  }
}
