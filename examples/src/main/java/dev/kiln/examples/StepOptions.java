package dev.kiln.examples;

import dev.kiln.Device;
import dev.kiln.Recording;
import picocli.CommandLine.Option;

/** How a demo takes its training steps. */
public final class StepOptions {
  @Option(
      names = "--eager",
      description =
          "Take every step anew, op by op, instead of recording it and replaying that; the results"
              + " are the same, bit for bit.")
  private boolean eager;

  /** The step as the user wants it taken. */
  public Steps of(Device device, Recording.Step step) {
    return new Steps(device, step, eager);
  }
}
