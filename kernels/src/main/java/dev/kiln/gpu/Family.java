package dev.kiln.gpu;

import dev.kiln.gpu.driver.DriverInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is computed in more ways than one; the plans list them for each work. */
enum Family {
  /** {@link GemmPlan} of a {@code GemmSpec}. */
  GEMM("gemm", GemmPlan.NAMES),
  /** {@link WideGemmPlan} of a {@code GemmSpec}. */
  WIDE_GEMM("gemm", names(WideGemmPlan.candidates(true).stream())),
  /** {@link ConvolutionPlan} of a {@code Conv2dSpec}, as the two below. */
  CONV_FORWARD("conv", ConvolutionPlan.NAMES),
  CONV_INPUT_GRADIENT("conv", ConvolutionPlan.NAMES),
  CONV_WEIGHT_GRADIENT("conv", ConvolutionPlan.NAMES),
  /** {@link WideConvolutionPlan} of a {@code Conv2dSpec}. */
  WIDE_CONV("conv", names(Stream.of(WideConvolutionPlan.values()))),
  /** {@link RecurrentPlan} of a {@code RecurrentSpec}. */
  RECURRENT("recurrent", RecurrentPlan.NAMES),
  /** {@link ReductionPlan} of {@code Rows}, as the one below. */
  SUM("reduction", ReductionPlan.NAMES),
  MAX("reduction", ReductionPlan.NAMES),
  /** {@link RowPlan} of a {@link RowPlan.Work}. */
  ROWS("rows", names(Stream.of(RowPlan.values()))),
  /** {@link WideLanes} of a {@link DriverInfo}: one choice for all kernels of a device. */
  LANES("lanes", names(WideLanes.candidates().stream()));

  /** Stands for the plan's own choice wherever a variant is named. */
  static final String OWN = "own";

  private final String group;
  private final Pattern names;

  Family(String group, Pattern names) {
    this.group = group;
    this.names = names;
  }

  private static Pattern names(Stream<? extends Variant> variants) {
    return Pattern.compile(variants.map(Variant::variant).collect(Collectors.joining("|")));
  }

  /** Such as {@code conv_forward}. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What {@link #named} takes: groups, and families that are called otherwise. */
  static List<String> groups() {
    return Arrays.stream(values())
        .flatMap(family -> Stream.of(family.group, family.text()))
        .distinct()
        .toList();
  }

  /**
   * @param name of a group or a family; null means all
   * @throws IllegalArgumentException if nothing is called so; names what is
   */
  static Predicate<Family> named(@Nullable String name) {
    if (name != null && !groups().contains(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is no family; there are " + String.join(", ", groups()));
    }
    return family -> name == null || family.group.equals(name) || family.text().equals(name);
  }

  /** Whether some work has a variant of this name, or it is {@link #OWN}. */
  boolean knows(String variant) {
    return variant.equals(OWN) || names.matcher(variant).matches();
  }

  /**
   * @param text as from {@link #text()}
   * @throws IllegalArgumentException if no family is called so; names all that there are
   */
  static Family of(String text) {
    return Arrays.stream(values())
        .filter(family -> family.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\""
                        + text
                        + "\" is no family; families are "
                        + Arrays.stream(values())
                            .map(Family::text)
                            .collect(Collectors.joining(", "))));
  }
}
