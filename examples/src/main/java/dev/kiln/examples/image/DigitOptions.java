package dev.kiln.examples.image;

import dev.kiln.data.Mnist;
import dev.kiln.examples.Demo;
import dev.kiln.examples.Limits;
import dev.kiln.examples.mnist.ImageSet;
import dev.kiln.examples.mnist.MnistData;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which handwritten digits a demo learns from. */
final class DigitOptions {
  /** As many as the subset in the jar has: with it or with the full set a demo sees the same. */
  private static final int TEST = 2_000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Use only the first N training images (default: ${DEFAULT-VALUE}).")
  private int limit = 10_000;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A folder with MNIST's four files, raw or with .gz (default: your cache, else"
              + " the subset that comes with Kiln).")
  private @Nullable Path data;

  /** Opens them and says how many there are. */
  Mnist open(Demo demo) throws IOException {
    Limits.within(spec, "--limit", 1, Integer.MAX_VALUE, limit);
    MnistData chosen = MnistData.choose(ImageSet.MNIST, data);
    Mnist digits =
        new Mnist(
            chosen.images().train().take(limit),
            chosen.images().test().take(Math.min(TEST, limit)));
    demo.say(
        "Data      %,d training and %,d test images: %s",
        digits.train().size(), digits.test().size(), chosen.origin());
    return digits;
  }
}
