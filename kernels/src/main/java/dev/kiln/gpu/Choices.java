package dev.kiln.gpu;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks another tuning once for each work of a device, and remembers the candidate: a launch has no
 * time to look for its like among all that was measured.
 */
final class Choices implements Tuning {
  /** Works of a family that are remembered, so that ever new shapes fill no memory. */
  private static final int MOST = 4096;

  private final Tuning asked;
  private final Map<Family, Map<Record, Variant>> made = new EnumMap<>(Family.class);

  Choices(Tuning asked) {
    this.asked = asked;
    for (Family family : Family.values()) {
      made.put(family, new ConcurrentHashMap<>());
    }
  }

  @Override
  public @Nullable String variant(Family family, Record work) {
    return asked.variant(family, work);
  }

  /** A family's works all have candidates of one class, so what was remembered is a {@code V}. */
  @Override
  @SuppressWarnings("unchecked")
  public <V extends Variant> V choose(
      Family family, Record work, V own, Supplier<List<V>> candidates) {
    Map<Record, Variant> known = made.getOrDefault(family, Map.of());
    Variant before = known.get(work);
    if (before != null) {
      return (V) before;
    }
    V choice = Tuning.super.choose(family, work, own, candidates);
    if (known.size() >= MOST) {
      known.clear();
    }
    known.put(work, choice);
    return choice;
  }
}
