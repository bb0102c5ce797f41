package dev.kiln.gpu;

import dev.kiln.gpu.driver.DriverInfo;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which variants to take where that is not left to the plans. */
interface Tuning {
  /**
   * System property: {@code family=variant,...}, such as {@code gemm=64/4,recurrent=step_16}. Where
   * a family has no such variant for a work, the plan's own choice is taken; it is what {@code own}
   * means too.
   */
  String PROPERTY = "kiln.gpu.variant";

  /** System property: {@code off} for the plans' own choices, whatever has been measured. */
  String MEASURED = "kiln.gpu.tuning";

  /** All is left to the plans. */
  Tuning NONE = (family, work) -> null;

  /**
   * The name of the variant to take, {@link Family#OWN} for the plan's own choice, null if nothing
   * is known here.
   *
   * @param work the spec that the family's plans are made of
   */
  @Nullable String variant(Family family, Record work);

  /** The candidate to take; {@code own} unless another one is named. */
  default <V extends Variant> V choose(
      Family family, Record work, V own, Supplier<List<V>> candidates) {
    String wanted = variant(family, work);
    if (wanted == null || wanted.equals(Family.OWN) || wanted.equals(own.variant())) {
      return own;
    }
    return candidates.get().stream()
        .filter(candidate -> candidate.variant().equals(wanted))
        .findFirst()
        .orElse(own);
  }

  /** What this says, and where it says nothing, what the other does. */
  default Tuning or(Tuning other) {
    if (this == NONE || other == NONE) {
      return this == NONE ? other : this;
    }
    return (family, work) -> {
      String here = variant(family, work);
      return here == null ? other.variant(family, work) : here;
    };
  }

  /**
   * What holds for a device that is opened: {@link #PROPERTY} before what {@code kiln tune} has
   * found on it before what is known of devices like it.
   *
   * @param cpuKernels whether it takes the kernels for CPUs
   * @throws IllegalArgumentException if a property makes no sense
   */
  static Tuning of(DriverInfo device, boolean cpuKernels) {
    Tuning tuning = ofProperty();
    if (!System.getProperty(MEASURED, "").equals("off")) {
      DeviceClass type = DeviceClass.of(device, cpuKernels);
      TuningFile file = TuningFile.of(device, type);
      tuning = tuning.or(file == null ? NONE : file.read().tuning());
      tuning = tuning.or(TuningTable.shipped().nearest(type).tuning());
    }
    return tuning == NONE ? NONE : new Choices(tuning);
  }

  /**
   * What {@link #PROPERTY} says.
   *
   * @throws IllegalArgumentException if it is no list of families and variants
   */
  static Tuning ofProperty() {
    String text = System.getProperty(PROPERTY, "");
    if (text.isEmpty()) {
      return NONE;
    }
    Map<Family, String> wanted = new EnumMap<>(Family.class);
    for (String each : text.split(",", -1)) {
      int equals = each.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "-D" + PROPERTY + ": \"" + each + "\" is not family=variant");
      }
      wanted.put(family(each.substring(0, equals)), each.substring(equals + 1));
    }
    wanted.forEach(
        (family, variant) -> {
          if (!family.knows(variant)) {
            throw new IllegalArgumentException(
                "-D" + PROPERTY + ": no work of " + family.text() + " has a variant " + variant);
          }
        });
    return (family, work) -> wanted.get(family);
  }

  private static Family family(String name) {
    try {
      return Family.of(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("-D" + PROPERTY + ": " + e.getMessage(), e);
    }
  }
}
