package dev.kiln.bench.turns;

import picocli.CommandLine.Option;

/** How engines take turns, with defaults that each tool gives. */
final class TurnOptions {
  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often the engines take turns (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each works at a time (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      description = "How long it does so before, unmeasured (default: ${DEFAULT-VALUE}).")
  private double warmup = 4;

  /** With these unless others are asked for. */
  TurnOptions(int rounds, double seconds) {
    this.rounds = rounds;
    this.seconds = seconds;
  }

  int rounds() {
    return rounds;
  }

  double seconds() {
    return seconds;
  }

  double warmup() {
    return warmup;
  }
}
