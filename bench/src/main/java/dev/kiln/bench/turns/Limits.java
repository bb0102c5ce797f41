package dev.kiln.bench.turns;

import dev.kiln.bench.report.JsonOption;
import dev.kiln.bench.report.ResultFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.util.ListStatistics;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench/limits}: whether engines are as fast beside others as they should be. A limit is one
 * of a ratio, and every round gives one ratio of two medians, taken right after each other; the
 * median of the rounds counts.
 */
@Command(
    name = "bench/limits",
    mixinStandardHelpOptions = true,
    description =
        "Compares engines' times with the limits in a file. Ends with status 1 if one does not"
            + " hold.")
public final class Limits implements Callable<Integer> {
  @Option(
      names = "--file",
      required = true,
      paramLabel = "FILE",
      description = "The limits (default: bench/limits.json).")
  private Path file = Path.of("");

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "Only works in whose name, such as sgemm-256, this is found.")
  private @Nullable Pattern only;

  @Mixin private TurnOptions turns = new TurnOptions(9, 0.4);

  @Mixin private JsonOption json = new JsonOption();

  private final ResultFile results = new ResultFile();

  Limits() {}

  /**
   * Ends the JVM with status 1 if a limit does not hold, or an engine cannot do its work.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Limits()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Map<String, List<Limit>> byWork = new LinkedHashMap<>();
    for (Limit limit : Limit.read(file)) {
      if (only == null || only.matcher(limit.work()).find()) {
        byWork.computeIfAbsent(limit.work(), work -> new ArrayList<>()).add(limit);
      }
    }
    if (byWork.isEmpty()) {
      throw new IOException(file + " has no limit of a work in whose name " + only + " is found");
    }
    boolean all = true;
    for (Map.Entry<String, List<Limit>> work : byWork.entrySet()) {
      Map<String, List<Slice>> slices = measure(work.getKey(), work.getValue());
      for (Limit limit : work.getValue()) {
        all &= tell(limit, slices);
      }
    }
    json.write(results);
    System.out.println(all ? "all limits hold" : "not all limits hold");
    return all ? 0 : 1;
  }

  /** The slices of each engine that the limits name, one a round. */
  private Map<String, List<Slice>> measure(String work, List<Limit> limits) throws IOException {
    Set<String> engines = new LinkedHashSet<>();
    for (Limit limit : limits) {
      engines.add(limit.engine());
      engines.add(limit.beside());
    }
    Map<String, List<Slice>> slices = new LinkedHashMap<>();
    List<Stepper> steppers = new ArrayList<>();
    try {
      for (String engine : engines) {
        steppers.add(new Stepper(engine, work, turns.warmup()));
      }
      for (Stepper stepper : steppers) {
        stepper.awaitWarm();
        slices.put(stepper.engine(), new ArrayList<>());
        results.describe(stepper.engine(), stepper.description());
      }
      for (int round = 0; round < turns.rounds(); round++) {
        for (Stepper stepper : steppers) {
          Objects.requireNonNull(slices.get(stepper.engine())).add(stepper.run(turns.seconds()));
        }
      }
    } finally {
      steppers.forEach(Stepper::close);
    }
    slices.forEach(
        (engine, taken) ->
            results.add(
                "Limits", work, engine, taken.stream().map(Slice::median).toList(), Map.of()));
    return slices;
  }

  private static boolean tell(Limit limit, Map<String, List<Slice>> slices) {
    List<Slice> ours = Objects.requireNonNull(slices.get(limit.engine()));
    List<Slice> theirs = Objects.requireNonNull(slices.get(limit.beside()));
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < ours.size(); round++) {
      ratios.add(ours.get(round).median() / theirs.get(round).median());
    }
    ListStatistics statistics = ResultFile.statistics(ratios);
    boolean holds = limit.holds(statistics.getPercentile(50));
    System.out.printf(
        Locale.ROOT,
        "%-9s %-22s %s / %s = %.3f, rounds %.3f to %.3f, at most %.3f (%.1f µs / %.1f µs)%n",
        holds ? "holds" : "ABOVE",
        limit.work(),
        limit.engine(),
        limit.beside(),
        statistics.getPercentile(50),
        statistics.getMin(),
        statistics.getMax(),
        limit.most(),
        median(ours),
        median(theirs));
    return holds;
  }

  private static double median(List<Slice> slices) {
    return ResultFile.statistics(slices.stream().map(Slice::median).toList()).getPercentile(50);
  }
}
