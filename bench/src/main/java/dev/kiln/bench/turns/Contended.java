package dev.kiln.bench.turns;

import dev.kiln.bench.report.JsonOption;
import dev.kiln.bench.report.ResultFile;
import dev.kiln.bench.report.ResultFile.Figure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code bench/contended}: training steps alone, and beside busy processes. Every round goes
 * through all numbers of neighbours, and through all engines at each, so that a machine that
 * changes its pace changes it for all.
 */
@Command(
    name = "bench/contended",
    mixinStandardHelpOptions = true,
    description =
        "Measures by how much training steps slow down when busy processes run beside them.")
public final class Contended implements Callable<Integer> {
  @Option(
      names = "--engine",
      split = ",",
      paramLabel = "NAME",
      description = "As for the benchmarks (default: ${DEFAULT-VALUE}).")
  private List<String> engines = List.of("kiln-cpu");

  @Option(
      names = "--work",
      split = ",",
      paramLabel = "NAME",
      description = "As for the benchmarks (default: ${DEFAULT-VALUE}).")
  private List<String> works = List.of("mlp-784-256-10-b256");

  @Option(
      names = "--neighbours",
      split = ",",
      paramLabel = "N",
      description = "Numbers of busy processes, the first to compare with (default: 0,1,4).")
  private List<Integer> neighbours = List.of(0, 1, 4);

  @Mixin private TurnOptions turns = new TurnOptions(8, 1);

  @Mixin private JsonOption json = new JsonOption();

  private final ResultFile results = new ResultFile();

  private Contended() {}

  /**
   * Ends the JVM with status 1 if an engine cannot do the work.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Contended()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    for (String work : works) {
      List<Stepper> steppers = new ArrayList<>();
      try {
        for (String engine : engines) {
          Stepper stepper = new Stepper(engine, work, turns.warmup());
          steppers.add(stepper);
          stepper.awaitWarm();
          results.describe(engine, stepper.description());
        }
        measure(work, steppers);
      } finally {
        steppers.forEach(Stepper::close);
      }
    }
    json.write(results);
    return 0;
  }

  private void measure(String work, List<Stepper> steppers) throws IOException {
    // by engine, then by number of neighbours, then by round
    List<List<List<Slice>>> slices = new ArrayList<>();
    for (int i = 0; i < steppers.size(); i++) {
      slices.add(neighbours.stream().<List<Slice>>map(count -> new ArrayList<>()).toList());
    }
    for (int round = 0; round < turns.rounds(); round++) {
      for (int n = 0; n < neighbours.size(); n++) {
        try (Neighbours busy = new Neighbours(neighbours.get(n))) {
          for (int i = 0; i < steppers.size(); i++) {
            slices.get(i).get(n).add(steppers.get(i).run(turns.seconds()));
          }
        }
      }
    }
    for (int i = 0; i < steppers.size(); i++) {
      for (int n = 0; n < neighbours.size(); n++) {
        tell(work, steppers.get(i).engine(), neighbours.get(n), slices.get(i), n);
      }
    }
  }

  private void tell(String work, String engine, int beside, List<List<Slice>> slices, int n) {
    List<Slice> here = slices.get(n);
    List<Slice> base = slices.get(0);
    double mean = middle(here, Slice::mean);
    double median = middle(here, Slice::median);
    double meanGrowth = mean / middle(base, Slice::mean);
    double medianGrowth = median / middle(base, Slice::median);
    System.out.printf(
        Locale.ROOT,
        "%-22s %-14s %d busy: mean %9.1f µs (%5.2f ×), median %9.1f µs (%5.2f ×), quartiles %.1f and"
            + " %.1f, means of rounds %.1f to %.1f, %.1f steps/s%n",
        work,
        engine,
        beside,
        mean,
        meanGrowth,
        median,
        medianGrowth,
        middle(here, Slice::lowerQuartile),
        middle(here, Slice::upperQuartile),
        here.stream().mapToDouble(Slice::mean).min().orElseThrow(),
        here.stream().mapToDouble(Slice::mean).max().orElseThrow(),
        1e6 / mean);
    results.add(
        "Contended",
        work + ", " + beside + " busy beside",
        engine,
        here.stream().map(Slice::mean).toList(),
        Map.of(
            "growth", new Figure(meanGrowth, "×"),
            "growth of the median", new Figure(medianGrowth, "×"),
            "·median", new Figure(median, "µs"),
            "·lower quartile", new Figure(middle(here, Slice::lowerQuartile), "µs"),
            "·upper quartile", new Figure(middle(here, Slice::upperQuartile), "µs")));
  }

  /** The median over the rounds. */
  private static double middle(List<Slice> slices, ToDoubleFunction<Slice> figure) {
    return ResultFile.statistics(slices.stream().mapToDouble(figure).boxed().toList())
        .getPercentile(50);
  }
}
