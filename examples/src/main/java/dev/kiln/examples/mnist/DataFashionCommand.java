package dev.kiln.examples.mnist;

import picocli.CommandLine.Command;

/** {@code kiln data fashion}: Fashion-MNIST, from its mirrors. */
@Command(
    name = "fashion",
    description =
        "Fetches Fashion-MNIST, 60,000 training and 10,000 test images of clothes, from public"
            + " mirrors. Every file is verified; a partial or wrong one is refused.")
public final class DataFashionCommand extends FetchCommand {
  DataFashionCommand() {
    super(ImageSet.FASHION, null);
  }
}
