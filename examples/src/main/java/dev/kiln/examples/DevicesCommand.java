package dev.kiln.examples;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.kiln.Device;
import dev.kiln.backend.DeviceInfo;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln devices}: what there is to compute on, and why there is no more. */
@Command(
    name = "devices",
    description = "Lists every device and, for each API that is not usable, why.")
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    List<DeviceInfo> devices = Device.list();
    List<String> problems = Device.problems();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(asJson(devices, problems));
    } else {
      table(devices).forEach(out::println);
      problems.forEach(problem -> out.println("not usable: " + problem));
    }
    out.flush();
    return 0;
  }

  static List<String> table(List<DeviceInfo> devices) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"DEVICE", "KIND", "MEMORY", "NAME", "DRIVER"});
    for (DeviceInfo device : devices) {
      rows.add(
          new String[] {
            device.id(), kind(device), memory(device.memoryBytes()), device.name(), device.driver()
          });
    }
    int[] widths = new int[5];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static String kind(DeviceInfo device) {
    return device.kind().name().toLowerCase(Locale.ROOT);
  }

  private static String memory(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }

  static String asJson(List<DeviceInfo> devices, List<String> problems) {
    JsonArray list = new JsonArray();
    for (DeviceInfo device : devices) {
      JsonObject entry = new JsonObject();
      entry.addProperty("id", device.id());
      entry.addProperty("kind", kind(device));
      entry.addProperty("name", device.name());
      entry.addProperty("driver", device.driver());
      entry.addProperty("memory_bytes", device.memoryBytes());
      list.add(entry);
    }
    JsonArray reasons = new JsonArray();
    for (String problem : problems) {
      // Device.problems gives "api: why"
      int colon = problem.indexOf(": ");
      JsonObject entry = new JsonObject();
      entry.addProperty("api", colon < 0 ? "" : problem.substring(0, colon));
      entry.addProperty("problem", colon < 0 ? problem : problem.substring(colon + 2));
      reasons.add(entry);
    }
    JsonObject whole = new JsonObject();
    whole.add("devices", list);
    whole.add("problems", reasons);
    return JsonFile.text(whole);
  }
}
