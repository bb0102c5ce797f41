package dev.kiln.gpu;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which of several variants is the fastest. They take turns, so that a machine whose speed swings
 * is as slow for one as for the next. The plan's own choice is left only for what has beaten it
 * again in a duel, lap by lap, by more than such swings.
 */
final class Race {
  /** Seconds that a lap takes at least, if it may, so that neither clock nor waiting counts. */
  private static final double LAP = 0.005;

  private static final int MOST_TIMES = 500;

  private static final int ROUNDS = 5;

  private static final int DUEL = 11;

  /** How many times as long as the fastest one takes what need not run on. */
  private static final double HOPELESS = 5;

  /** How many times as fast as the plan's own choice a winner is. */
  private static final double MARGIN = 1.05;

  private final Track track;
  private final Map<String, Integer> times = new HashMap<>();

  Race(Track track) {
    this.track = track;
  }

  /** Where they run. */
  @FunctionalInterface
  interface Track {
    /**
     * How long a variant takes for the work, so many times in a row.
     *
     * @return seconds, NaN if it is out of the race
     */
    double seconds(String variant, int times);
  }

  /**
   * @param gain how many times as fast as the plan's own choice; 1 if that is the winner, or is not
   *     in the race
   */
  record Result(String variant, double gain) {}

  /**
   * @param variants right ones, warm; {@link Family#OWN} may be among them
   * @return null if none is left
   */
  @Nullable Result winner(List<String> variants) {
    List<String> runners = runners(variants);
    Map<String, List<Double>> laps = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (String runner : runners) {
        double seconds = round == 0 || laps.containsKey(runner) ? lap(runner) : Double.NaN;
        if (Double.isNaN(seconds)) {
          laps.remove(runner);
        } else {
          laps.computeIfAbsent(runner, key -> new ArrayList<>()).add(seconds);
        }
      }
    }
    List<Double> own = laps.remove(Family.OWN);
    Optional<Map.Entry<String, List<Double>>> best =
        laps.entrySet().stream().min(Comparator.comparingDouble(each -> median(each.getValue())));
    if (own == null) {
      return best.map(each -> new Result(each.getKey(), 1)).orElse(null);
    }
    return best.filter(each -> median(own) > MARGIN * median(each.getValue()))
        .map(each -> duel(each.getKey()))
        .orElse(new Result(Family.OWN, 1));
  }

  /** Those that one run leaves some hope, and how often each runs in a lap. */
  private List<String> runners(List<String> variants) {
    Map<String, Double> once = new LinkedHashMap<>();
    for (String variant : variants) {
      double seconds = track.seconds(variant, 1);
      if (!Double.isNaN(seconds)) {
        once.put(variant, seconds);
        times.put(variant, (int) Math.max(1, Math.min(LAP / seconds, MOST_TIMES)));
      }
    }
    double least = once.values().stream().mapToDouble(Double::doubleValue).min().orElse(0);
    return once.entrySet().stream()
        .filter(each -> each.getKey().equals(Family.OWN) || each.getValue() <= HOPELESS * least)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Seconds of a run, NaN if it is out of the race. */
  private double lap(String variant) {
    int runs = times.getOrDefault(variant, 1);
    return track.seconds(variant, runs) / runs;
  }

  private Result duel(String challenger) {
    List<Double> gains = new ArrayList<>();
    for (int i = 0; i < DUEL; i++) {
      boolean ownFirst = i % 2 == 0;
      double first = lap(ownFirst ? Family.OWN : challenger);
      double second = lap(ownFirst ? challenger : Family.OWN);
      if (Double.isNaN(first) || Double.isNaN(second)) {
        return new Result(Double.isNaN(first) == ownFirst ? challenger : Family.OWN, 1);
      }
      gains.add(ownFirst ? first / second : second / first);
    }
    Collections.sort(gains);
    double gain = median(gains);
    return gain > MARGIN && gains.get(DUEL / 4) > 1
        ? new Result(challenger, gain)
        : new Result(Family.OWN, 1);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
