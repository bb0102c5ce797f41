package dev.kiln.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench/report}: tables and charts of what the benchmarks measured. */
@Command(
    name = "bench/report",
    mixinStandardHelpOptions = true,
    description = {
      "Turns results of benchmarks into tables, as Markdown on the standard output, and into a page"
          + " with charts.",
      "Where an engine has several times for a work, the last one read counts."
    })
public final class Report implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "JSON",
      description = "What the benchmarks wrote with -rf json -rff JSON, and other tools of bench.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "What they printed: tells what failed, and why, and what the engines are.")
  private List<Path> logs = new ArrayList<>();

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page with charts too.")
  private @Nullable Path html;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Write the tables there, not to the standard output.")
  private @Nullable Path markdown;

  @Option(
      names = "--into",
      paramLabel = "FILE",
      description =
          "Write the tables into FILE, such as README.md, between the lines \""
              + MarkedPart.BEGIN
              + "\" and \""
              + MarkedPart.END
              + "\".")
  private @Nullable Path into;

  @Option(
      names = "--machine",
      paramLabel = "NAME",
      description = "On what it was measured (default: what a file tells, else this machine).")
  private @Nullable String machine;

  private Report() {}

  /**
   * Ends the JVM with status 1 if a file cannot be read or written, 2 if the command line makes no
   * sense.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    System.exit(run(out, new PrintWriter(System.err, true, StandardCharsets.UTF_8), arguments));
  }

  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new Report())
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              err.println("bench/report: " + reason(e));
              err.flush();
              return 1;
            })
        .execute(arguments);
  }

  private static String reason(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "there is no " + e.getMessage();
    }
    String message = e.getMessage();
    return e instanceof IOException && message != null ? message : e.toString();
  }

  @Override
  public Integer call() throws IOException {
    Results results = new Results();
    results.setMachine(Machine.here());
    results.setDate(date(files.get(0)));
    for (Path file : files) {
      JmhFile.read(file, results);
    }
    RunLog.read(logs, results);
    if (machine != null) {
      results.setMachine(machine);
    }

    String tables = Markdown.of(results);
    if (html != null) {
      Files.writeString(html, HtmlPage.of(results));
    }
    if (into != null) {
      MarkedPart.replace(into, tables);
    }
    if (markdown != null) {
      Files.writeString(markdown, tables);
    } else if (into == null) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(tables);
      out.flush();
    }
    return 0;
  }

  /** The day on which a file was written. */
  private static String date(Path file) throws IOException {
    return LocalDate.ofInstant(Files.getLastModifiedTime(file).toInstant(), ZoneOffset.UTC)
        .toString();
  }
}
