package dev.kiln.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that is known of one or several runs, in the order in which it was read. */
final class Results {
  private final List<Measured> measured = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();
  private final Map<String, String> engines = new TreeMap<>();
  private final TreeSet<String> settings = new TreeSet<>();
  private String machine = "";
  private String date = "";

  /** Takes the place of an earlier time of the same pair. */
  void add(Measured one) {
    measured.removeIf(
        other -> other.engine().equals(one.engine()) && other.work().equals(one.work()));
    measured.add(one);
  }

  void add(Failure failure) {
    if (!failures.contains(failure)) {
      failures.add(failure);
    }
  }

  /** What an engine is: versions, device, threads. */
  void describe(String engine, String description) {
    engines.put(engine, description);
  }

  /** How it was measured: the JVM, the number of iterations. */
  void addSetting(String setting) {
    settings.add(setting);
  }

  void setMachine(String name) {
    machine = name;
  }

  void setDate(String day) {
    date = day;
  }

  List<Measured> measured() {
    return measured;
  }

  List<Failure> failures() {
    return failures;
  }

  /** What each engine is, by name, of those that said it. */
  Map<String, String> engines() {
    return engines;
  }

  /** On what, when and how it was measured, a sentence each. */
  List<String> circumstances() {
    List<String> all = new ArrayList<>();
    if (!machine.isEmpty() || !date.isEmpty()) {
      String on = machine.isEmpty() ? "" : " on " + machine;
      all.add("Measured" + on + (date.isEmpty() ? "" : ", " + date) + ".");
    }
    settings.forEach(setting -> all.add(setting + "."));
    return all;
  }

  List<String> families() {
    return measured.stream().map(Measured::family).distinct().toList();
  }

  List<String> works(String family) {
    return measured.stream()
        .filter(one -> one.family().equals(family))
        .map(Measured::work)
        .distinct()
        .toList();
  }

  /** The engines that have a time for, or failed at, some work of a family: Kiln's come first. */
  List<String> engines(String family) {
    List<String> names = new ArrayList<>();
    measured.stream()
        .filter(one -> one.family().equals(family))
        .forEach(one -> names.add(one.engine()));
    failures.stream()
        .filter(one -> one.family().equals(family))
        .forEach(one -> names.add(one.engine()));
    return names.stream()
        .distinct()
        .sorted((a, b) -> Boolean.compare(Rivals.isKiln(b), Rivals.isKiln(a)))
        .toList();
  }

  Optional<Measured> find(String work, String engine) {
    return measured.stream()
        .filter(one -> one.work().equals(work) && one.engine().equals(engine))
        .findFirst();
  }

  Optional<Failure> failure(String work, String engine) {
    return failures.stream()
        .filter(one -> one.work().equals(work) && one.engine().equals(engine))
        .findFirst();
  }
}
