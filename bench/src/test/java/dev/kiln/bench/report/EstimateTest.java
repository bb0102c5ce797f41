package dev.kiln.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EstimateTest {
  @Test
  void theErrorsOfARatioAddUpInSquares() {
    Estimate ratio = new Estimate(20, 2).over(new Estimate(8, 0.4));

    assertThat(ratio.value()).isEqualTo(2.5);
    assertThat(ratio.error()).isCloseTo(2.5 * Math.sqrt(0.01 + 0.0025), within(1e-12));
  }

  @Test
  void threeDigitsAndAsManyPlacesOfTheErrorAreWritten() {
    assertThat(new Estimate(1234.5, 67.8)).hasToString("1,235 ± 68");
    assertThat(new Estimate(12.345, 0.678)).hasToString("12.3 ± 0.7");
    assertThat(new Estimate(0.12345, 0.00678)).hasToString("0.123 ± 0.007");
  }

  @Test
  void anUnknownErrorIsNotWritten() {
    assertThat(new Estimate(2.5, Double.NaN)).hasToString("2.50");
  }

  @Test
  void aTimeIsInTheUnitThatSuitsIt() {
    assertThat(new Estimate(0.5, 0.1).asTime()).isEqualTo("500 ± 100 ns");
    assertThat(new Estimate(8, 0.4).asTime()).isEqualTo("8.00 ± 0.40 µs");
    assertThat(new Estimate(33_311, 120).asTime()).isEqualTo("33.3 ± 0.1 ms");
    assertThat(new Estimate(2.5e6, 1e4).asTime()).isEqualTo("2.50 ± 0.01 s");
  }
}
