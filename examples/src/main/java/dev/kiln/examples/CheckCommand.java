package dev.kiln.examples;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.Device;
import dev.kiln.examples.golden.GoldenCheck;
import dev.kiln.examples.golden.GoldenSet;
import dev.kiln.examples.golden.Verdict;
import dev.kiln.examples.golden.Verdict.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln check}: whether a device computes what it should. */
@Command(
    name = "check",
    description =
        "Tests a device: runs reference cases on it and compares outputs and gradients with those"
            + " that PyTorch computed. Ends with status 1 if any differ.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DeviceOption target;

  @Option(
      names = "--golden",
      paramLabel = "DIR",
      description =
          "A folder with reference cases; every one found there is run (default: a small"
              + " set that comes with Kiln).")
  private @Nullable Path folder;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "Run only cases in whose id, such as conv2d/k5_mnist, this is found.")
  private @Nullable Pattern only;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    JsonFile file = json.file();
    try (GoldenSet set = folder == null ? GoldenSet.builtIn() : GoldenSet.of(folder);
        Device device = target.open().device()) {
      out.println("Checking " + device + " against " + set.name());
      OpLines lines = new OpLines(out);
      Pattern pattern = only;
      List<Verdict> verdicts =
          new GoldenCheck(set, device)
              .run(id -> pattern == null || pattern.matcher(id).find(), lines::add);
      lines.finish();
      file.write(asJson(device, set, verdicts));
      if (verdicts.isEmpty()) {
        throw new IOException(
            "there is no case"
                + (pattern == null ? "" : " with " + pattern + " in its id")
                + " in "
                + set.name());
      }
      out.println(summary(verdicts));
      out.flush();
      return count(verdicts, Outcome.FAILED) > 0 ? 1 : 0;
    }
  }

  static String summary(List<Verdict> verdicts) {
    return count(verdicts, Outcome.PASSED)
        + " passed, "
        + count(verdicts, Outcome.FAILED)
        + " failed, "
        + count(verdicts, Outcome.UNSUPPORTED)
        + " unsupported";
  }

  private static long count(List<Verdict> verdicts, Outcome outcome) {
    return verdicts.stream().filter(verdict -> verdict.outcome() == outcome).count();
  }

  /** A line for each op, printed when its last case has been run. */
  private static final class OpLines {
    private final PrintWriter out;
    private final List<Verdict> current = new ArrayList<>();

    OpLines(PrintWriter out) {
      this.out = out;
    }

    void add(Verdict verdict) {
      if (!current.isEmpty() && !current.get(0).op().equals(verdict.op())) {
        finish();
      }
      current.add(verdict);
    }

    void finish() {
      if (current.isEmpty()) {
        return;
      }
      List<String> counts = new ArrayList<>();
      for (Outcome outcome : Outcome.values()) {
        long count = count(current, outcome);
        if (count > 0) {
          counts.add(String.format("%3d %s", count, outcome.name().toLowerCase(Locale.ROOT)));
        }
      }
      out.println(
          String.format("%-20s", current.get(0).op()) + String.join(", ", counts) + closeness());
      reasons()
          .forEach(
              (reason, count) -> out.println("    unsupported: " + reason + " (" + count + ")"));
      for (Verdict verdict : current) {
        if (verdict.outcome() == Outcome.FAILED) {
          out.println("    FAILED " + verdict.id() + ": " + verdict.message());
        }
      }
      out.flush();
      current.clear();
    }

    /** How near the passed ones came to failing. */
    private String closeness() {
      double worst = 0;
      boolean any = false;
      for (Verdict verdict : current) {
        if (verdict.outcome() == Outcome.PASSED) {
          any = true;
          worst = Math.max(worst, verdict.worst());
        }
      }
      if (!any) {
        return "";
      }
      return worst == 0
          ? "; exact"
          : String.format(Locale.ROOT, "; at worst %.2g %% of the tolerance", 100 * worst);
    }

    private Map<String, Long> reasons() {
      return current.stream()
          .filter(verdict -> verdict.outcome() == Outcome.UNSUPPORTED)
          .collect(Collectors.groupingBy(Verdict::message, TreeMap::new, Collectors.counting()));
    }
  }

  private static JsonObject asJson(Device device, GoldenSet set, List<Verdict> verdicts) {
    JsonArray cases = new JsonArray();
    for (Verdict verdict : verdicts) {
      JsonObject entry = new JsonObject();
      entry.addProperty("id", verdict.id());
      entry.addProperty("op", verdict.op());
      entry.addProperty("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT));
      if (Double.isFinite(verdict.worst())) {
        entry.addProperty("worst", verdict.worst());
      }
      if (!verdict.message().isEmpty()) {
        entry.addProperty("message", verdict.message());
      }
      cases.add(entry);
    }
    JsonObject whole = new JsonObject();
    whole.addProperty("device", device.info().id());
    whole.addProperty("device_name", device.info().name());
    whole.addProperty("golden", set.name());
    for (Outcome outcome : Outcome.values()) {
      whole.addProperty(outcome.name().toLowerCase(Locale.ROOT), count(verdicts, outcome));
    }
    whole.add("cases", cases);
    return whole;
  }
}
