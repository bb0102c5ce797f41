package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Races of variants whose times are made up. */
final class RaceTest {
  private final Map<String, Integer> laps = new HashMap<>();

  /** Everyone takes his time, in milliseconds, at each turn. */
  private Race race(Map<String, Double> milliseconds) {
    return new Race(
        (variant, times) -> {
          laps.merge(variant, 1, Integer::sum);
          return milliseconds.getOrDefault(variant, 0.0) * 1e-3 * times;
        });
  }

  private static Race.Result winner(Race race, String... variants) {
    return Objects.requireNonNull(race.winner(List.of(variants)));
  }

  @Test
  void theFastestWinsIfItIsFasterThanThePlansChoiceByMoreThanNoise() {
    Race.Result result =
        winner(race(Map.of("own", 1.0, "a", 0.9, "b", 0.8, "c", 1.2)), "own", "a", "b", "c");
    assertThat(result.variant()).isEqualTo("b");
    assertThat(result.gain()).isCloseTo(1.25, within(1e-9));
  }

  @Test
  void thePlansChoiceStaysIfItIsAboutAsFast() {
    assertThat(race(Map.of("own", 1.0, "a", 0.97)).winner(List.of("own", "a")))
        .isEqualTo(new Race.Result("own", 1));
  }

  @Test
  void aVariantThatWasLuckyOnceLosesTheDuel() {
    Race race =
        new Race(
            (variant, times) -> {
              int lap = laps.merge(variant, 1, Integer::sum);
              return times * (variant.equals("a") && lap <= 6 ? 0.0005 : 0.001);
            });
    assertThat(race.winner(List.of("own", "a"))).isEqualTo(new Race.Result("own", 1));
    assertThat(laps.get("a")).as("laps, those of the duel among them").isGreaterThan(6);
  }

  @Test
  void aMachineWhoseSpeedSwingsFavoursNobody() {
    int wins = 0;
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      // every lap is up to 10 % longer than it should be, and a few are twice as long
      Race equals = new Race((variant, times) -> times * 0.001 * swing(random));
      assertThat(equals.winner(List.of("own", "a", "b", "c")))
          .as("seed %d", seed)
          .isEqualTo(new Race.Result("own", 1));
      Race unequal =
          new Race(
              (variant, times) -> times * (variant.equals("b") ? 0.0007 : 0.001) * swing(random));
      String variant = winner(unequal, "own", "a", "b", "c").variant();
      assertThat(variant).as("seed %d", seed).isIn("b", "own");
      wins += variant.equals("b") ? 1 : 0;
    }
    assertThat(wins).as("races that the fastest has won, of 200").isGreaterThan(160);
  }

  private static double swing(SplittableRandom random) {
    return (1 + 0.1 * random.nextDouble()) * (random.nextInt(12) == 0 ? 2 : 1);
  }

  @Test
  void aHopelessVariantRunsOnce() {
    race(Map.of("own", 1.0, "a", 50.0)).winner(List.of("own", "a"));
    assertThat(laps).containsEntry("a", 1);
  }

  @Test
  void aHopelessOwnChoiceIsStillWhatTheGainIsMeasuredAgainst() {
    Race.Result result = winner(race(Map.of("own", 50.0, "a", 1.0)), "own", "a");
    assertThat(result.variant()).isEqualTo("a");
    assertThat(result.gain()).isCloseTo(50, within(1e-6));
  }

  @Test
  void whoeverDropsOutDoesNotWin() {
    for (int last = 1; last < 20; last++) {
      int end = last;
      laps.clear();
      Race race =
          new Race(
              (variant, times) -> {
                int lap = laps.merge(variant, 1, Integer::sum);
                return variant.equals("a") && lap >= end
                    ? Double.NaN
                    : times * (variant.equals("a") ? 0.0005 : 0.001);
              });
      Race.Result result = winner(race, "own", "a");
      boolean through = laps.getOrDefault("a", 0) < end;
      assertThat(result.variant()).as("out in lap %d", end).isEqualTo(through ? "a" : "own");
    }
  }

  @Test
  void ifThePlansChoiceDropsOutTheOtherWins() {
    for (int last = 1; last < 20; last++) {
      int end = last;
      laps.clear();
      Race race =
          new Race(
              (variant, times) -> {
                int lap = laps.merge(variant, 1, Integer::sum);
                return variant.equals("own") && lap >= end
                    ? Double.NaN
                    : times * (variant.equals("a") ? 0.0005 : 0.001);
              });
      assertThat(winner(race, "own", "a").variant()).as("out in lap %d", end).isEqualTo("a");
    }
  }

  @Test
  void withoutThePlansChoiceTheFastestWins() {
    assertThat(race(Map.of("a", 2.0, "b", 1.0)).winner(List.of("a", "b")))
        .isEqualTo(new Race.Result("b", 1));
  }

  @Test
  void ofNobodyNobodyWins() {
    assertThat(race(Map.of()).winner(List.of())).isNull();
    assertThat(new Race((variant, times) -> Double.NaN).winner(List.of("own", "a"))).isNull();
  }

  @Test
  void shortWorksRunSoOftenThatTheClockDoesNotCount() {
    double[] longest = {0, 0};
    new Race(
            (variant, times) -> {
              int which = variant.equals("own") ? 0 : 1;
              longest[which] = Math.max(longest[which], times);
              return times * 1e-5;
            })
        .winner(List.of("own", "a"));
    assertThat(DoubleStream.of(longest).boxed()).allMatch(times -> times > 300);
  }
}
