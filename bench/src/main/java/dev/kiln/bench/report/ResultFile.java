package dev.kiln.bench.report;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.util.ListStatistics;

/**
 * Figures that JMH did not measure, written as it writes its own, so that the same tools read them.
 */
public final class ResultFile {
  private static final double CONFIDENCE = 0.999;

  private final JsonArray results = new JsonArray();
  private final JsonArray failures = new JsonArray();
  private final JsonObject engines = new JsonObject();
  private final JsonObject others = new JsonObject();

  /**
   * A number beside the time.
   *
   * @param unit as it is written after the value
   */
  public record Figure(double value, String unit) {}

  /** Something else to know: a part of the whole that no tool here reads. */
  void put(String name, JsonElement value) {
    others.add(name, value);
  }

  /** Adds results as JMH wrote them. */
  void addAll(JsonArray entries) {
    results.addAll(entries);
  }

  void add(Failure failure) {
    JsonObject entry = new JsonObject();
    entry.addProperty("family", failure.family());
    entry.addProperty("work", failure.work());
    entry.addProperty("engine", failure.engine());
    entry.addProperty("reason", failure.reason());
    failures.add(entry);
  }

  /** What an engine is: versions, device, threads. */
  public void describe(String engine, String description) {
    engines.addProperty(engine, description);
  }

  /**
   * Adds what was measured.
   *
   * @param family what the works have in common, such as {@code ColdStart}
   * @param micros the same time, measured several times, in microseconds
   * @param beside what else was measured, by name; a name that begins with a dot, as those of JMH's
   *     profilers do, is a detail that the report leaves out
   */
  public void add(
      String family, String work, String engine, List<Double> micros, Map<String, Figure> beside) {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("engine", engine);
    parameters.addProperty("work", work);
    JsonObject figures = new JsonObject();
    beside.forEach((name, figure) -> figures.add(name, metric(figure)));
    JsonObject entry = new JsonObject();
    entry.addProperty("benchmark", "dev.kiln.bench." + family + ".run");
    entry.addProperty("mode", "ss");
    entry.add("params", parameters);
    entry.add("primaryMetric", metric(micros));
    entry.add("secondaryMetrics", figures);
    results.add(entry);
  }

  private static JsonObject metric(Figure figure) {
    JsonObject metric = new JsonObject();
    metric.addProperty("score", figure.value());
    metric.addProperty("scoreError", "NaN");
    metric.addProperty("scoreUnit", figure.unit());
    return metric;
  }

  private static JsonObject metric(List<Double> micros) {
    ListStatistics statistics = statistics(micros);
    JsonObject metric = new JsonObject();
    metric.addProperty("score", statistics.getMean());
    double error = statistics.getMeanErrorAt(CONFIDENCE);
    if (Double.isNaN(error)) {
      metric.addProperty("scoreError", "NaN"); // as JMH does: JSON has no such number
    } else {
      metric.addProperty("scoreError", error);
    }
    JsonObject percentiles = new JsonObject();
    for (double percent : new double[] {0, 25, 50, 75, 100}) {
      percentiles.addProperty(Double.toString(percent), statistics.getPercentile(percent));
    }
    metric.add("scorePercentiles", percentiles);
    metric.addProperty("scoreUnit", "us/op");
    JsonArray raw = new JsonArray();
    micros.forEach(raw::add);
    JsonArray forks = new JsonArray();
    forks.add(raw);
    metric.add("rawData", forks);
    return metric;
  }

  /** Mean, percentiles and error of some numbers. */
  public static ListStatistics statistics(List<Double> values) {
    return new ListStatistics(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** How much was measured, and what was not. */
  List<String> summary() {
    List<String> lines = new ArrayList<>();
    lines.add(results.size() + " figures, " + failures.size() + " not timed");
    for (JsonElement element : failures) {
      JsonObject failure = element.getAsJsonObject();
      lines.add(
          "not timed: "
              + failure.get("engine").getAsString()
              + " at "
              + failure.get("work").getAsString()
              + ": "
              + failure.get("reason").getAsString());
    }
    return lines;
  }

  /** Writes all of it, with this machine and today's date. */
  public void write(Path file) throws IOException {
    write(file, Machine.here());
  }

  void write(Path file, String machine) throws IOException {
    JsonObject whole = new JsonObject();
    whole.addProperty("machine", machine);
    whole.addProperty("date", LocalDate.now(ZoneOffset.UTC).toString());
    whole.addProperty("java", Runtime.version().toString());
    others.entrySet().forEach(other -> whole.add(other.getKey(), other.getValue()));
    whole.add("engines", engines);
    whole.add("failures", failures);
    whole.add("results", results);
    Files.writeString(
        file,
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(whole) + "\n");
  }
}
