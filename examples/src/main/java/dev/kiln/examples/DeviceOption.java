package dev.kiln.examples;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** On what a command computes. */
public final class DeviceOption {
  @Option(
      names = "--device",
      paramLabel = "D",
      description = "cpu, opencl:0, cuda:0, ...; see kiln devices (default: the best there is).")
  private @Nullable String id;

  /**
   * Opens it.
   *
   * @throws dev.kiln.DeviceException if what was asked for is not there
   */
  public DeviceChoice open() {
    return DeviceChoice.of(id);
  }
}
