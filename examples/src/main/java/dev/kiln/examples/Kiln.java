package dev.kiln.examples;

import dev.kiln.ShapeException;
import dev.kiln.examples.image.AutoencoderCommand;
import dev.kiln.examples.image.GanCommand;
import dev.kiln.examples.image.PixelRnnCommand;
import dev.kiln.examples.image.SuperResCommand;
import dev.kiln.examples.image.UNetCommand;
import dev.kiln.examples.image.VaeCommand;
import dev.kiln.examples.mnist.MnistCommand;
import dev.kiln.examples.regression.RegressionCommand;
import dev.kiln.examples.sequence.CharlmCommand;
import dev.kiln.examples.sequence.CharseqCommand;
import dev.kiln.examples.sequence.HelloCommand;
import dev.kiln.examples.sequence.HihelloCommand;
import dev.kiln.examples.sequence.LongseqCommand;
import dev.kiln.examples.sequence.SentimentCommand;
import dev.kiln.examples.sequence.TagCommand;
import dev.kiln.examples.sequence.TranslateCommand;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code kiln} command. */
@Command(
    name = "kiln",
    description =
        "Kiln: GPU tensors for Java. Trains networks, and checks the devices of this machine.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Kiln.Version.class)
public final class Kiln implements Runnable {
  private static final String SUFFIX = "Command";

  /** In the order of the help. Each is called as its class is, less the {@link #SUFFIX}. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          MnistCommand.class,
          AutoencoderCommand.class,
          VaeCommand.class,
          GanCommand.class,
          PixelRnnCommand.class,
          SuperResCommand.class,
          UNetCommand.class,
          HelloCommand.class,
          HihelloCommand.class,
          CharseqCommand.class,
          LongseqCommand.class,
          CharlmCommand.class,
          TagCommand.class,
          SentimentCommand.class,
          TranslateCommand.class,
          RegressionCommand.class,
          DevicesCommand.class,
          CheckCommand.class,
          TuneCommand.class,
          DataCommand.class);

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Print where in the program an error came from.")
  private boolean stacktrace;

  @Spec private CommandSpec spec;

  private Kiln() {}

  /**
   * Runs the subcommand that the arguments name, and ends the JVM with its exit status: 0, 1 for a
   * failure, 2 for a command line that makes no sense.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(run(printer(System.out), printer(System.err), arguments));
  }

  /** Writes in the terminal's own charset. */
  private static PrintWriter printer(PrintStream stream) {
    return new PrintWriter(stream, true, Charset.defaultCharset());
  }

  /**
   * Likewise, within a program.
   *
   * @return the exit status
   */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    Kiln kiln = new Kiln();
    CommandLine line = new CommandLine(kiln);
    commands(arguments).forEach(line::addSubcommand);
    line.setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Pattern.class, Kiln::pattern)
        .setParameterExceptionHandler(Kiln::misused)
        .setExecutionExceptionHandler((e, command, parsed) -> kiln.failed(e, reason(e), command));
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError e) {
      return kiln.failed(
          e,
          "Java's memory is used up ("
              + e.getMessage()
              + "); KILN_OPTS=-Xmx8g gives it 8 GiB, a smaller net, batch or data set takes less",
          named(line));
    }
  }

  /** The command that was asked for, of whose help the user would want to know. */
  private static CommandLine named(CommandLine line) {
    List<CommandLine> all = line.getParseResult().asCommandLineList();
    return all.get(all.size() - 1);
  }

  /**
   * The command that the first argument names, or else all of them: to describe them all to picocli
   * takes longer than the first step of training does.
   */
  static List<Class<?>> commands(String... arguments) {
    for (Class<?> command : COMMANDS) {
      String type = command.getSimpleName();
      String name = type.substring(0, type.length() - SUFFIX.length()).toLowerCase(Locale.ROOT);
      if (arguments.length > 0 && arguments[0].equals(name)) {
        return List.of(command);
      }
    }
    return COMMANDS;
  }

  /** No subcommand was named: prints the help. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new TypeConversionException(
          "'" + text + "' is no regular expression: " + e.getDescription());
    }
  }

  private static int misused(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + complaint(e));
    command.getErr().println("See " + name + " --help.");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /** picocli's own words, but for what they leave in the dark. */
  private static String complaint(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.isUnknownOption()
        && !e.getCommandLine().getSubcommands().isEmpty()) {
      List<String> near = unmatched.getSuggestions();
      return "there is no command "
          + unmatched.getUnmatched().get(0)
          + (near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?");
    }
    ArgSpec argument = e.getArgSpec();
    if (argument instanceof OptionSpec option && option.type().isEnum() && e.getValue() != null) {
      // the names that the help has, rather than those of the constants
      return option.longestName()
          + " is one of "
          + String.join(", ", option.completionCandidates())
          + ", not "
          + e.getValue();
    }
    return String.valueOf(e.getMessage());
  }

  private int failed(Throwable e, String reason, CommandLine command) {
    PrintWriter err = command.getErr();
    err.println(command.getCommandSpec().qualifiedName() + ": " + reason);
    if (stacktrace) {
      e.printStackTrace(err);
    }
    err.flush();
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  /** Some of the JDK's exceptions say only of what they complain, not what of it. */
  static String reason(Exception e) {
    String message = e.getMessage();
    if (message == null) {
      return "failed with " + e.getClass().getName() + "; --stacktrace tells where";
    }
    if (e instanceof NoSuchFileException) {
      return "there is no " + message;
    }
    if (e instanceof AccessDeniedException) {
      return "not allowed to use " + message;
    }
    if (e instanceof FileAlreadyExistsException) {
      return message + " is there already, and is no folder";
    }
    if (e instanceof ShapeException && message.endsWith("has more than 2^31 - 1 elements")) {
      return message + "; a smaller net, batch or window takes less";
    }
    return List.of(RuntimeException.class, Exception.class).contains(e.getClass())
        ? e.toString()
        : message;
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
