package dev.kiln.bench.cold;

import dev.kiln.bench.report.JsonOption;
import dev.kiln.bench.report.ResultFile;
import dev.kiln.bench.report.ResultFile.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.util.ListStatistics;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench/coldstart}: from the start of a process to its first trained step, of the net of
 * {@code kiln hihello}. The engines take turns.
 */
@Command(
    name = "bench/coldstart",
    mixinStandardHelpOptions = true,
    description =
        "Measures the time from the start of a process to the first trained step of hihello, what"
            + " had to be downloaded for it, and the memory it took.")
public final class ColdStart implements Callable<Integer> {
  private static final String WORK = "start-hihello";
  private static final double MEGA = 1e6;

  @Option(
      names = "--engine",
      split = ",",
      paramLabel = "NAME",
      description = "kiln-cpu, and djl if built with -Ppeers (default: ${DEFAULT-VALUE}).")
  private List<String> engines = List.of("kiln-cpu");

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How often to start each (default: ${DEFAULT-VALUE}).")
  private int runs = 10;

  @Option(
      names = "--kiln",
      paramLabel = "DIR",
      description = "Where the kiln command is (default: ${DEFAULT-VALUE}).")
  private Path home = Path.of(".");

  @Mixin private JsonOption json = new JsonOption();

  private ColdStart() {}

  /**
   * Ends the JVM with status 1 if a program does not come to its first step.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ColdStart()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path out = Files.createTempDirectory("coldstart");
    try {
      measure(out);
      return 0;
    } finally {
      delete(out);
    }
  }

  private void measure(Path out) throws IOException {
    Map<Starter, List<Launch>> launches = new LinkedHashMap<>();
    for (String engine : engines) {
      Starter starter = Starter.of(engine, home, out);
      // the first builds, unpacks natives and makes archives; files come into the page cache
      Launch.of(starter.command());
      launches.put(starter, new ArrayList<>());
    }
    for (int run = 0; run < runs; run++) {
      for (Map.Entry<Starter, List<Launch>> one : launches.entrySet()) {
        one.getValue().add(Launch.of(one.getKey().command()));
      }
    }
    ResultFile results = new ResultFile();
    for (Map.Entry<Starter, List<Launch>> one : launches.entrySet()) {
      tell(one.getKey(), one.getValue(), results);
    }
    json.write(results);
  }

  private static void tell(Starter starter, List<Launch> launches, ResultFile results)
      throws IOException {
    List<Double> micros = launches.stream().map(Launch::micros).toList();
    ListStatistics times = ResultFile.statistics(micros);
    double resident = launches.stream().mapToLong(Launch::residentBytes).average().orElse(0) / MEGA;
    double downloaded = starter.downloadedBytes() / MEGA;
    System.out.printf(
        Locale.ROOT,
        "%-10s first step after %.0f ms (median of %d; quartiles %.0f and %.0f, from %.0f to %.0f),"
            + " %.1f MB downloaded, %.0f MB resident%n",
        starter.engine(),
        times.getPercentile(50) / 1e3,
        launches.size(),
        times.getPercentile(25) / 1e3,
        times.getPercentile(75) / 1e3,
        times.getMin() / 1e3,
        times.getMax() / 1e3,
        downloaded,
        resident);
    results.add(
        "ColdStart",
        WORK,
        starter.engine(),
        micros,
        Map.of(
            "median", new Figure(times.getPercentile(50) / 1e3, "ms"),
            "downloaded", new Figure(downloaded, "MB"),
            "resident", new Figure(resident, "MB")));
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
