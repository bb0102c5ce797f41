package dev.kiln.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PowersTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.9, 0.999, 0.9999999})
  void arePowersWhereverTheCountIs(double base) {
    Powers powers = new Powers(base);
    for (int n = 0; n < 100_000; n += 1 + n / 200) {
      double wanted = Math.pow(base, n);
      if (wanted < Double.MIN_NORMAL) {
        assertThat(powers.of(n)).isBetween(0.0, Double.MIN_NORMAL);
      } else {
        assertThat(powers.of(n)).isCloseTo(wanted, withPercentage(1e-13));
      }
    }
  }

  @Test
  void dependOnTheExponentAlone() {
    Powers counting = new Powers(0.999);
    for (int n = 0; n <= 1000; n++) {
      double asked = counting.of(n);
      assertThat(new Powers(0.999).of(n)).isEqualTo(asked);
    }
    double later = counting.of(130);
    assertThat(new Powers(0.999).of(130)).isEqualTo(later);
  }
}
