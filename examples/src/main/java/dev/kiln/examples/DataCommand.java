package dev.kiln.examples;

import dev.kiln.examples.mnist.DataFashionCommand;
import dev.kiln.examples.mnist.DataMnistCommand;
import picocli.CommandLine.Command;

/** {@code kiln data}: fetches data sets into the user's cache. */
@Command(
    name = "data",
    description = "Fetches a data set into your cache, and verifies it.",
    subcommands = {DataMnistCommand.class, DataFashionCommand.class})
final class DataCommand {}
