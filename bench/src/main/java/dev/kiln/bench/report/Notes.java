package dev.kiln.bench.report;

import java.util.ArrayList;
import java.util.List;

/** What a reader of the tables has to know. */
final class Notes {
  private Notes() {}

  /** How to read the tables, and where they come from; sentences. */
  static List<String> reading(Results results) {
    List<String> sentences = new ArrayList<>(results.circumstances());
    sentences.add("± is half of the 99.9 % confidence interval.");
    boolean compared =
        results.families().stream().anyMatch(family -> !Table.compared(results, family).isEmpty());
    if (compared) {
      sentences.add(
          "\"2.00 ×\" is twice as fast as the fastest of the others on the same kind of device,"
              + " which is named.");
    }
    return sentences;
  }

  /** What the engines are: {@code djl: DJL with PyTorch 2.7.1, 2 threads}. */
  static List<String> engines(Results results) {
    return results.engines().entrySet().stream()
        .map(engine -> engine.getKey() + ": " + engine.getValue())
        .toList();
  }

  /** What was not timed, and why: {@code djl at sgemm-64: ...}. */
  static List<String> failures(Results results) {
    return results.failures().stream()
        .map(
            failure ->
                failure.engine() + " at " + failure.work() + ": not timed; " + failure.reason())
        .toList();
  }
}
