package dev.kiln.gpu;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which variants to take where that is not left to the plans. */
interface Tuning {
  /**
   * System property: {@code family=variant,...}, such as {@code gemm=64/4,recurrent=step_16}. Where
   * a family has no such variant for a work, the plan's own choice is taken.
   */
  String PROPERTY = "kiln.gpu.variant";

  /** All is left to the plans. */
  Tuning NONE = (family, work) -> null;

  /**
   * The name of the variant to take, null for the plan's own choice.
   *
   * @param work the spec that the family's plans are made of
   */
  @Nullable String variant(Family family, Record work);

  /** The candidate to take; {@code own} unless another one is named. */
  default <V extends Variant> V choose(
      Family family, Record work, V own, Supplier<List<V>> candidates) {
    String wanted = variant(family, work);
    if (wanted == null || wanted.equals(own.variant())) {
      return own;
    }
    return candidates.get().stream()
        .filter(candidate -> candidate.variant().equals(wanted))
        .findFirst()
        .orElse(own);
  }

  /**
   * What {@link #PROPERTY} says.
   *
   * @throws IllegalArgumentException if it is no list of families and variants
   */
  static Tuning ofProperty() {
    String text = System.getProperty(PROPERTY, "");
    return text.isEmpty() ? NONE : of(text);
  }

  private static Tuning of(String text) {
    Map<Family, String> wanted = new EnumMap<>(Family.class);
    for (String each : text.split(",", -1)) {
      int equals = each.indexOf('=');
      String name = equals < 0 ? each : each.substring(0, equals);
      Family family =
          Arrays.stream(Family.values())
              .filter(known -> known.text().equals(name))
              .findFirst()
              .orElseThrow(() -> unknown(each));
      if (equals < 0) {
        throw unknown(each);
      }
      wanted.put(family, each.substring(equals + 1));
    }
    return (family, work) -> wanted.get(family);
  }

  private static IllegalArgumentException unknown(String part) {
    String families =
        Arrays.stream(Family.values()).map(Family::text).collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        "-D" + PROPERTY + ": \"" + part + "\" is not family=variant; families are " + families);
  }
}
