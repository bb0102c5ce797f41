package dev.kiln.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The winners on classes of devices, as {@code tuning.txt} lists them. */
final class TuningTable {
  private static final TuningTable SHIPPED = parse(shippedText());

  private final Map<DeviceClass, Winners> classes = new LinkedHashMap<>();

  private TuningTable() {}

  /** The table in Kiln's own jar. */
  static TuningTable shipped() {
    return SHIPPED;
  }

  private static String shippedText() {
    try (InputStream in = TuningTable.class.getResourceAsStream("tuning.txt")) {
      if (in == null) {
        throw new IllegalStateException("no resource tuning.txt");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource tuning.txt", e);
    }
  }

  /**
   * @param text lines {@code class CLASS}, each followed by lines {@code work = variant}; {@code #}
   *     begins a comment
   * @throws IllegalArgumentException if a line is neither
   */
  static TuningTable parse(String text) {
    TuningTable table = new TuningTable();
    Winners current = null;
    for (String line : text.lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("class ")) {
        current = new Winners();
        table.classes.put(DeviceClass.parse(line.substring("class ".length())), current);
      } else if (current == null) {
        throw new IllegalArgumentException("\"" + line + "\" stands before any class");
      } else {
        current.parse(line);
      }
    }
    return table;
  }

  /** What is known of the class that is most like this one; nothing if none is. */
  Winners nearest(DeviceClass device) {
    Winners nearest = new Winners();
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<DeviceClass, Winners> each : classes.entrySet()) {
      double distance = device.distance(each.getKey());
      if (distance < least) {
        least = distance;
        nearest = each.getValue();
      }
    }
    return nearest;
  }
}
