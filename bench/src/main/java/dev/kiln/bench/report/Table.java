package dev.kiln.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * The works of one family: what each engine took, and how Kiln stands beside the best of the
 * others.
 *
 * @param rows the work first, then as the columns are
 */
record Table(String title, List<String> columns, List<List<String>> rows) {
  private static final String NOTHING = "–";

  static Table of(Results results, String family) {
    List<String> engines = results.engines(family);
    List<String> compared = compared(results, family);
    Set<String> beside = new TreeSet<>();
    results.measured().stream()
        .filter(one -> one.family().equals(family))
        .forEach(one -> beside.addAll(one.beside().keySet()));

    List<String> columns = new ArrayList<>(List.of("work"));
    for (String engine : engines) {
      columns.add(engine);
      beside.forEach(what -> columns.add(engine + ", " + what));
    }
    compared.forEach(engine -> columns.add(engine + " beside the best other"));

    List<List<String>> rows = new ArrayList<>();
    for (String work : results.works(family)) {
      List<String> row = new ArrayList<>(List.of(work));
      for (String engine : engines) {
        row.add(time(results, work, engine));
        Optional<Measured> one = results.find(work, engine);
        beside.forEach(what -> row.add(one.map(found -> found.beside().get(what)).orElse(NOTHING)));
      }
      compared.forEach(engine -> row.add(ratio(results, work, engine)));
      rows.add(row);
    }
    return new Table(family, columns, rows);
  }

  /** Kiln's engines that have somebody beside them. */
  static List<String> compared(Results results, String family) {
    return results.engines(family).stream()
        .filter(Rivals::isKiln)
        .filter(
            engine ->
                results.works(family).stream()
                    .anyMatch(work -> Rivals.ratio(results, work, engine).isPresent()))
        .toList();
  }

  private static String time(Results results, String work, String engine) {
    Optional<Measured> measured = results.find(work, engine);
    if (measured.isEmpty()) {
      return results.failure(work, engine).isPresent() ? "not timed" : NOTHING;
    }
    Estimate time = measured.get().time();
    OptionalDouble flops = Flops.of(work);
    return flops.isEmpty()
        ? time.asTime()
        : time.asTime()
            + ", "
            + new Estimate(flops.getAsDouble() / time.value() / 1e3, Double.NaN)
            + " GFLOP/s";
  }

  private static String ratio(Results results, String work, String engine) {
    Optional<Estimate> ratio = Rivals.ratio(results, work, engine);
    return ratio.isEmpty()
        ? NOTHING
        : ratio.get() + " × " + Rivals.best(results, work, engine).orElseThrow().engine();
  }
}
