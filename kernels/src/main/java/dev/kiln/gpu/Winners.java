package dev.kiln.gpu;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variants that were found fastest, each for a work and for its likes. */
final class Winners {
  private final Map<WorkShape, String> found = new LinkedHashMap<>();

  /**
   * @param variant its name, or {@link Family#OWN}: that the plan chose well is worth knowing too
   */
  void put(WorkShape work, String variant) {
    found.put(work, variant);
  }

  void putAll(Winners others) {
    found.putAll(others.found);
  }

  int size() {
    return found.size();
  }

  /** The winner at the work most like this one; null if there is none like it. */
  @Nullable String nearest(WorkShape work) {
    String nearest = null;
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<WorkShape, String> each : found.entrySet()) {
      double distance = work.distance(each.getKey());
      if (distance < least) {
        least = distance;
        nearest = each.getValue();
      }
    }
    return nearest;
  }

  /** These as they are now, for the plans. */
  Tuning tuning() {
    if (found.isEmpty()) {
      return Tuning.NONE;
    }
    Winners now = new Winners();
    now.putAll(this);
    return (family, work) -> now.nearest(WorkShape.of(family, work));
  }

  /** A line each, such as {@code gemm nn 512 512 64 1 = 64/2}. */
  List<String> lines() {
    return found.entrySet().stream().map(each -> each.getKey() + " = " + each.getValue()).toList();
  }

  /**
   * Adds what a line says that is from {@link #lines}.
   *
   * @throws IllegalArgumentException if it is none of those; says what is wrong
   */
  void parse(String line) {
    String[] sides = line.split(" = ", -1);
    if (sides.length != 2) {
      throw new IllegalArgumentException("\"" + line + "\" is not work = variant");
    }
    WorkShape work = WorkShape.parse(sides[0]);
    if (!work.family().knows(sides[1])) {
      throw new IllegalArgumentException(
          "no work of " + work.family().text() + " has a variant " + sides[1]);
    }
    put(work, sides[1]);
  }
}
