package dev.kiln.examples.golden;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.examples.golden.GoldenCase.Expected;
import dev.kiln.examples.golden.GoldenCase.Output;
import dev.kiln.io.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Runs reference cases on a device and compares what comes out with what PyTorch got. */
public final class GoldenCheck {
  private final GoldenSet set;
  private final Device device;

  public GoldenCheck(GoldenSet set, Device device) {
    this.set = set;
    this.device = device;
  }

  /**
   * Runs every case whose id {@code wanted} accepts.
   *
   * @param each is shown each verdict as soon as it is there
   * @return a verdict for every case, in order
   * @throws IOException if the set itself cannot be read; a damaged case is only a failed one
   */
  public List<Verdict> run(Predicate<String> wanted, Consumer<Verdict> each) throws IOException {
    Published published = set.published();
    List<Verdict> verdicts = new ArrayList<>();
    for (Map.Entry<String, Path> found : set.cases().entrySet()) {
      if (wanted.test(found.getKey())) {
        Verdict verdict = judge(found.getKey(), found.getValue(), published);
        verdicts.add(verdict);
        each.accept(verdict);
      }
    }
    return verdicts;
  }

  private Verdict judge(String id, Path folder, Published published) {
    String op = id.substring(0, Math.max(0, id.indexOf('/')));
    try {
      if (!Files.isRegularFile(folder.resolve("case.json"))) {
        return Verdict.failed(id, op, 0, "index.json lists it, and it is not there");
      }
      String objection = published.objection(id, folder);
      if (objection != null) {
        return Verdict.failed(id, op, 0, objection);
      }
      return judge(GoldenCase.read(folder));
    } catch (IOException | RuntimeException e) {
      return Verdict.failed(id, op, 0, String.valueOf(e.getMessage()));
    }
  }

  private Verdict judge(GoldenCase golden) {
    Procedure procedure = Operators.named(golden.op());
    if (procedure == null) {
      return Verdict.unsupported(golden, "Kiln has no " + golden.op());
    }
    Map<String, HostTensor> results;
    try (Scope scope = device.scope()) {
      results = procedure.compute(golden, device);
    } catch (UnsupportedCaseException e) {
      return Verdict.unsupported(golden, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      String message = e.getClass().getSimpleName() + ": " + e.getMessage();
      return Verdict.failed(golden.id(), golden.op(), 0, message);
    }
    List<String> unread = golden.attributes().unread();
    if (!unread.isEmpty()) {
      return Verdict.failed(
          golden.id(), golden.op(), 0, "Kiln knows nothing of its attributes " + unread);
    }
    return compare(golden, results);
  }

  private static Verdict compare(GoldenCase golden, Map<String, HostTensor> results) {
    List<String> differences = new ArrayList<>();
    TreeSet<String> left = new TreeSet<>(results.keySet());
    double worst = 0;
    for (Output output : golden.outputs()) {
      String name = output.expected().name();
      left.remove(name);
      worst = Math.max(worst, compare(name, output.expected(), results.get(name), differences));
    }
    for (Expected gradient : golden.gradients()) {
      String name = Procedure.gradientOf(gradient.name());
      left.remove(name);
      worst = Math.max(worst, compare(name, gradient, results.get(name), differences));
    }
    left.forEach(name -> differences.add(name + " was computed, and has nothing to compare with"));
    return differences.isEmpty()
        ? Verdict.passed(golden, worst)
        : Verdict.failed(golden.id(), golden.op(), worst, String.join("; ", differences));
  }

  private static double compare(
      String name, Expected expected, @Nullable HostTensor actual, List<String> differences) {
    if (actual == null) {
      differences.add(name + " was not computed");
      return Double.POSITIVE_INFINITY;
    }
    Comparison comparison = Comparison.of(name, expected, actual);
    if (comparison.difference() != null) {
      differences.add(comparison.difference());
    }
    return comparison.worst();
  }
}
