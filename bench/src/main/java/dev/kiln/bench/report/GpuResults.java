package dev.kiln.bench.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.kiln.bench.work.Work;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one file of what {@code gpu-check.sh} left in a folder: how each of its parts ended, what
 * the checks found, and all figures.
 *
 * <pre>
 * machine.tsv            name, value
 * parts.tsv              name, exit status, seconds; of a part run again the last line counts
 * check-*.json           of kiln check
 * jmh.json, bench.log    of the benchmarks; jmh-recorded.json, bench-recorded.log: of recorded steps
 * torch.json             of torch_bench.py
 * results.json           what is written
 * </pre>
 */
public final class GpuResults {
  private final Path folder;
  private final ResultFile results = new ResultFile();

  private GpuResults(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes {@code results.json}. A file that is missing or broken is told there, under {@code
   * unreadable}.
   *
   * @param arguments the folder
   */
  public static void main(String[] arguments) throws IOException {
    new GpuResults(Path.of(arguments[0])).collect();
  }

  /** Something that reads a file. */
  private interface Reading {
    void run() throws IOException;
  }

  private void collect() throws IOException {
    JsonObject machine = new JsonObject();
    JsonArray unreadable = new JsonArray();
    attempt("machine.tsv", unreadable, () -> readMachine(machine));
    attempt("parts.tsv", unreadable, this::readParts);
    attempt("check", unreadable, this::readChecks);
    for (String which : List.of("", "-recorded")) {
      attempt("bench" + which, unreadable, () -> readBenchmarks(which));
    }
    attempt("torch", unreadable, this::readTorch);
    results.put("about", machine);
    results.put("unreadable", unreadable);
    JsonElement gpu = machine.get("gpu");
    String name = gpu == null ? Machine.here() : gpu.getAsString() + "; " + Machine.here();
    results.write(folder.resolve("results.json"), name);
    for (String line : results.summary()) {
      System.out.println(line);
    }
    unreadable.forEach(line -> System.out.println("unreadable: " + line.getAsString()));
  }

  private static void attempt(String what, JsonArray unreadable, Reading reading) {
    try {
      reading.run();
    } catch (IOException | RuntimeException e) {
      unreadable.add(what + ": " + e);
    }
  }

  private void readMachine(JsonObject into) throws IOException {
    for (String line : Files.readAllLines(folder.resolve("machine.tsv"))) {
      String[] pair = line.split("\t", 2);
      into.addProperty(pair[0], pair.length > 1 ? pair[1] : "");
    }
  }

  private void readParts() throws IOException {
    Map<String, JsonObject> parts = new LinkedHashMap<>();
    for (String line : Files.readAllLines(folder.resolve("parts.tsv"))) {
      String[] cells = line.split("\t");
      JsonObject part = new JsonObject();
      part.addProperty("name", cells[0]);
      part.addProperty("status", Integer.parseInt(cells[1]));
      part.addProperty("seconds", Integer.parseInt(cells[2]));
      parts.put(cells[0], part);
    }
    JsonArray all = new JsonArray();
    parts.values().forEach(all::add);
    results.put("parts", all);
  }

  /** The sums, and each case that did not pass. */
  private void readChecks() throws IOException {
    JsonArray checks = new JsonArray();
    for (Path file : files("check-*.json")) {
      JsonObject check = json(file).getAsJsonObject();
      JsonArray others = new JsonArray();
      for (JsonElement one : check.getAsJsonArray("cases")) {
        if (!one.getAsJsonObject().get("outcome").getAsString().equals("passed")) {
          others.add(one);
        }
      }
      check.add("cases", others);
      checks.add(check);
    }
    results.put("checks", checks);
  }

  private void readBenchmarks(String which) throws IOException {
    Path log = folder.resolve("bench" + which + ".log");
    if (Files.exists(log)) {
      Results said = new Results();
      RunLog.read(log, said);
      said.failures().forEach(results::add);
      said.engines().forEach(results::describe);
    }
    Path figures = folder.resolve("jmh" + which + ".json");
    if (Files.exists(figures)) {
      results.addAll(json(figures).getAsJsonArray());
    }
  }

  private void readTorch() throws IOException {
    Path file = folder.resolve("torch.json");
    if (!Files.exists(file)) {
      return;
    }
    JsonObject torch = json(file).getAsJsonObject();
    torch
        .getAsJsonObject("engines")
        .entrySet()
        .forEach(engine -> results.describe(engine.getKey(), engine.getValue().getAsString()));
    for (JsonElement element : torch.getAsJsonArray("failures")) {
      JsonObject failure = element.getAsJsonObject();
      String work = failure.get("work").getAsString();
      results.add(
          new Failure(
              family(work),
              work,
              failure.get("engine").getAsString(),
              failure.get("reason").getAsString()));
    }
    for (JsonElement element : torch.getAsJsonArray("results")) {
      JsonObject result = element.getAsJsonObject();
      List<Double> micros = new ArrayList<>();
      result.getAsJsonArray("micros").forEach(value -> micros.add(value.getAsDouble()));
      results.add(
          result.get("family").getAsString(),
          result.get("work").getAsString(),
          result.get("engine").getAsString(),
          micros,
          Map.of());
    }
  }

  private static String family(String work) {
    try {
      return Work.parse(work).family();
    } catch (IllegalArgumentException e) {
      return "unknown";
    }
  }

  private List<Path> files(String pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var found = Files.newDirectoryStream(folder, pattern)) {
      found.forEach(files::add);
    }
    files.sort(null);
    return files;
  }

  private static JsonElement json(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      return JsonParser.parseReader(reader);
    }
  }
}
