package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GeneratorTest {
  @Test
  void oneSeedGivesTheSameDrawsAndAnotherSeedOthers() {
    assertThat(new Generator(7).normal(101, 0, 1)).isEqualTo(new Generator(7).normal(101, 0, 1));
    assertThat(new Generator(7).normal(101, 0, 1)).isNotEqualTo(new Generator(8).normal(101, 0, 1));
  }

  @Test
  void eachDrawIsAnother() {
    Generator generator = new Generator(7);
    assertThat(generator.uniform(50, 0, 1)).isNotEqualTo(generator.uniform(50, 0, 1));
  }

  @Test
  void aDrawDoesNotDependOnTheSizeOfTheOneBefore() {
    Generator one = new Generator(3);
    Generator other = new Generator(3);
    assertThat(one.uniform(1, 0, 1)).hasSize(1);
    assertThat(other.uniform(1000, 0, 1)).hasSize(1000);
    assertThat(one.uniform(10, 0, 1)).isEqualTo(other.uniform(10, 0, 1));
  }

  @Test
  void aShorterDrawIsTheBeginningOfALongerOne() {
    assertThat(Arrays.copyOf(new Generator(5).normal(10, 0, 1), 7))
        .isEqualTo(new Generator(5).normal(7, 0, 1));
  }

  @Test
  void uniformNumbersFillTheirInterval() {
    float[] values = new Generator(1).uniform(100_000, -2, 6);
    assertThat(mean(values)).isCloseTo(2, within(0.03));
    assertThat(variance(values)).isCloseTo(64.0 / 12, within(0.05));
    for (float value : values) {
      assertThat(value).isGreaterThanOrEqualTo(-2).isLessThan(6);
    }
  }

  @Test
  void normalNumbersHaveTheirMoments() {
    float[] values = new Generator(1).normal(200_000, 3, 2);
    assertThat(mean(values)).isCloseTo(3, within(0.02));
    assertThat(variance(values)).isCloseTo(4, within(0.04));
    long within =
        IntStream.range(0, values.length).filter(i -> Math.abs(values[i] - 3) < 2).count();
    assertThat(within / (double) values.length).isCloseTo(0.6827, within(0.005));
  }

  @Property
  void aPermutationHoldsEachNumberOnce(@ForAll long seed, @ForAll @IntRange(max = 300) int n) {
    int[] order = new Generator(seed).permutation(n);
    Arrays.sort(order);
    assertThat(order).isEqualTo(IntStream.range(0, n).toArray());
  }

  @Test
  void everyPermutationComesAboutEquallyOften() {
    Generator generator = new Generator(11);
    int[] counts = new int[27];
    for (int i = 0; i < 60_000; i++) {
      int[] order = generator.permutation(3);
      counts[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    int[] seen = Arrays.stream(counts).filter(count -> count > 0).toArray();
    assertThat(seen).hasSize(6);
    for (int count : seen) {
      assertThat(count).isBetween(9_600, 10_400);
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double variance(float[] values) {
    double mean = mean(values);
    double sum = 0;
    for (float value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum / values.length;
  }
}
