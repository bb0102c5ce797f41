package dev.kiln.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the benchmarks printed: JMH's files leave out what failed, and know nothing of what the
 * engines are.
 */
final class RunLog {
  private static final Pattern BENCHMARK = Pattern.compile("# Benchmark: .*\\.(\\w+)\\.\\w+");
  private static final Pattern PARAMETERS =
      Pattern.compile("# Parameters: \\(engine = (\\S+), work = (\\S+)\\)");
  private static final Pattern ENGINE =
      Pattern.compile("# (\\S+) is (.*); \\S+: its numbers agree.*");
  private static final Pattern REASON = Pattern.compile("[\\w.$]+(?:Exception|Error): (.*)");

  private RunLog() {}

  static void read(Path file, Results into) throws IOException {
    String family = "";
    String engine = "";
    String work = "";
    boolean failed = false;
    for (String line : Files.readAllLines(file)) {
      Matcher benchmark = BENCHMARK.matcher(line);
      Matcher parameters = PARAMETERS.matcher(line);
      Matcher description = ENGINE.matcher(line);
      Matcher reason = REASON.matcher(line);
      if (benchmark.matches()) {
        family = benchmark.group(1);
      } else if (parameters.matches()) {
        engine = parameters.group(1);
        work = parameters.group(2);
      } else if (description.matches()) {
        into.describe(description.group(1), description.group(2));
      } else if (line.endsWith("<failure>")) {
        failed = true;
      } else if (failed && reason.matches()) {
        into.add(new Failure(family, work, engine, reason.group(1)));
        failed = false;
      }
    }
  }

  /** Reads all. */
  static void read(List<Path> files, Results into) throws IOException {
    for (Path file : files) {
      read(file, into);
    }
  }
}
