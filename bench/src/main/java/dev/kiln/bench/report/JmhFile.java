package dev.kiln.bench.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file of JMH's results ({@code -rf json}): an array with an object for each benchmark. The other
 * tools here write the same; theirs may stand under {@code results} in an object that also tells
 * the machine, the date, and what failed.
 */
final class JmhFile {
  private JmhFile() {}

  /**
   * @throws IOException if it is no such file, or has no result in it
   */
  static void read(Path file, Results into) throws IOException {
    JsonElement root = parsed(file);
    try {
      JsonArray entries =
          root.isJsonArray()
              ? root.getAsJsonArray()
              : root.getAsJsonObject().getAsJsonArray("results");
      if (root.isJsonObject()) {
        readAround(root.getAsJsonObject(), into);
      }
      if (entries.isEmpty()) {
        throw new IOException(file + " has no result in it: did every benchmark fail?");
      }
      for (JsonElement entry : entries) {
        read(entry.getAsJsonObject(), into);
      }
    } catch (RuntimeException e) {
      // Gson's accessors tell in several ways that something is not what it should be
      throw new IOException(file + " is no file of JMH's results: " + e.getMessage(), e);
    }
  }

  private static JsonElement parsed(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      JsonElement root = JsonParser.parseReader(reader);
      if (root.isJsonNull()) {
        throw new IOException(file + " is empty: the run wrote no results");
      }
      return root;
    } catch (JsonParseException e) {
      throw new IOException(file + " is no JSON: " + e.getMessage(), e);
    }
  }

  private static void readAround(JsonObject root, Results into) {
    if (root.has("machine")) {
      into.setMachine(root.get("machine").getAsString());
    }
    if (root.has("date")) {
      into.setDate(root.get("date").getAsString());
    }
    if (root.has("engines")) {
      root.getAsJsonObject("engines")
          .entrySet()
          .forEach(engine -> into.describe(engine.getKey(), engine.getValue().getAsString()));
    }
    if (root.has("failures")) {
      for (JsonElement element : root.getAsJsonArray("failures")) {
        JsonObject failure = element.getAsJsonObject();
        into.add(
            new Failure(
                failure.get("family").getAsString(),
                failure.get("work").getAsString(),
                failure.get("engine").getAsString(),
                failure.get("reason").getAsString()));
      }
    }
  }

  private static void read(JsonObject entry, Results into) {
    String[] name = entry.get("benchmark").getAsString().split("\\.");
    JsonObject parameters = entry.getAsJsonObject("params");
    if (parameters == null || !parameters.has("engine") || !parameters.has("work")) {
      throw new IllegalStateException(
          entry.get("benchmark").getAsString() + " has no parameters engine and work");
    }
    into.add(
        new Measured(
            name[name.length - 2],
            parameters.get("work").getAsString(),
            parameters.get("engine").getAsString(),
            time(entry.getAsJsonObject("primaryMetric")),
            beside(entry.getAsJsonObject("secondaryMetrics"))));
    if (entry.has("vmName")) {
      into.addSetting(setting(entry));
    }
  }

  /** In microseconds. */
  private static Estimate time(JsonObject metric) {
    String unit = metric.get("scoreUnit").getAsString();
    double factor =
        switch (unit) {
          case "ns/op" -> 1e-3;
          case "us/op" -> 1;
          case "ms/op" -> 1e3;
          case "s/op" -> 1e6;
          default ->
              throw new IllegalStateException(
                  "a score in " + unit + " is no time; run the benchmarks with -bm avgt");
        };
    return estimate(metric).times(factor);
  }

  /** Not a number where JMH wrote so: after a single iteration. */
  private static Estimate estimate(JsonObject metric) {
    return new Estimate(metric.get("score").getAsDouble(), metric.get("scoreError").getAsDouble());
  }

  private static Map<String, String> beside(JsonObject metrics) {
    Map<String, String> beside = new TreeMap<>();
    if (metrics != null) {
      for (Map.Entry<String, JsonElement> metric : metrics.entrySet()) {
        // those of profilers begin with a dot
        if (!metric.getKey().startsWith("·")) {
          JsonObject value = metric.getValue().getAsJsonObject();
          beside.put(metric.getKey(), estimate(value) + " " + value.get("scoreUnit").getAsString());
        }
      }
    }
    return beside;
  }

  private static String setting(JsonObject entry) {
    return "Java "
        + entry.get("jdkVersion").getAsString()
        + " ("
        + entry.get("vmName").getAsString()
        + "), JMH "
        + entry.get("jmhVersion").getAsString()
        + ": "
        + entry.get("measurementIterations").getAsInt()
        + " × "
        + entry.get("measurementTime").getAsString()
        + " after "
        + entry.get("warmupIterations").getAsInt()
        + " × "
        + entry.get("warmupTime").getAsString()
        + " to warm up, forks: "
        + entry.get("forks").getAsInt();
  }
}
