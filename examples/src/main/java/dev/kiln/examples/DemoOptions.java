package dev.kiln.examples;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The options that every demo has. A command takes them in with {@link Mixin} and begins its work
 * with {@link #open}.
 */
public final class DemoOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private DeviceOption device;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "Settles everything random; the same seed gives the same bits on the same"
              + " device (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where the pictures and weights go (default: out/ and the command's name, such as"
              + " out/mnist).")
  private @Nullable Path folder;

  @Option(
      names = "--load",
      paramLabel = "FILE",
      description =
          "Weights to go on from: a weights.safetensors of this demo, or of a PyTorch model with"
              + " the same names.")
  private @Nullable Path weights;

  @Mixin private JsonOption json;

  /** Opens the device, makes the folder and says on what it runs. */
  public Demo open() throws IOException {
    Path out = folder != null ? folder : Path.of("out", spec.name());
    return new Demo(spec.commandLine(), device.open(), seed, out, weights, json);
  }
}
