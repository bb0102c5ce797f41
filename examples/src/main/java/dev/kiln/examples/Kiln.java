package dev.kiln.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code kiln} command. */
@Command(
    name = "kiln",
    description =
        "Kiln: GPU tensors for Java. Trains networks, and checks the devices of this machine.",
    mixinStandardHelpOptions = true,
    versionProvider = Kiln.Version.class)
public final class Kiln {
  private Kiln() {}

  /**
   * Runs the subcommand that the arguments name; prints the help where they name none.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    CommandLine kiln = new CommandLine(new Kiln());
    if (arguments.length == 0) {
      kiln.usage(System.out);
      return;
    }
    System.exit(kiln.execute(arguments));
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Kiln.class.getPackage().getImplementationVersion();
      return new String[] {
        "kiln " + (version == null ? "(not from a jar)" : version),
        "Java " + Runtime.version() + " on " + System.getProperty("os.name")
      };
    }
  }
}
