package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.Generator;
import dev.kiln.Shape;
import org.junit.jupiter.api.Test;

/** Bounds and deviations are those of PyTorch's {@code torch.nn.init}. */
class InitTest {
  private static final Shape WEIGHT = Shape.of(200, 30, 3, 3);
  private static final int FAN_IN = 270;
  private static final int FAN_OUT = 1800;

  @Test
  void kaimingTakesItsVarianceFromTheFanIn() {
    assertUniform(Init.kaimingUniform(0), Math.sqrt(6.0 / FAN_IN));
    assertUniform(Init.kaimingUniform(Math.sqrt(5)), 1 / Math.sqrt(FAN_IN));
    assertNormal(Init.kaimingNormal(0), Math.sqrt(2.0 / FAN_IN));
    assertNormal(Init.kaimingNormal(2), Math.sqrt(2.0 / 5 / FAN_IN));
  }

  @Test
  void xavierTakesItsVarianceFromBothFans() {
    assertUniform(Init.xavierUniform(1), Math.sqrt(6.0 / (FAN_IN + FAN_OUT)));
    assertNormal(Init.xavierNormal(3), 3 * Math.sqrt(2.0 / (FAN_IN + FAN_OUT)));
  }

  @Test
  void constantsAreConstant() {
    assertThat(Init.zeros().values(Shape.of(2), new Generator(0))).containsExactly(0, 0);
    assertThat(Init.ones().values(Shape.of(2), new Generator(0))).containsExactly(1, 1);
    assertThat(Init.constant(0.1).values(Shape.of(1), new Generator(0))).containsExactly(0.1f);
  }

  @Test
  void aBiasHasNoFanIn() {
    assertThatThrownBy(() -> Init.kaimingUniform(0).values(Shape.of(3), new Generator(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a parameter [3] has no fan-in");
  }

  private static void assertUniform(Init init, double bound) {
    float[] values = init.values(WEIGHT, new Generator(1));
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isCloseTo(bound, within(bound * 1e-3)).isLessThanOrEqualTo(bound + 1e-7);
    assertThat(deviation(values)).isCloseTo(bound / Math.sqrt(3), within(bound * 0.01));
  }

  private static void assertNormal(Init init, double deviation) {
    assertThat(deviation(init.values(WEIGHT, new Generator(1))))
        .isCloseTo(deviation, within(deviation * 0.01));
  }

  private static double deviation(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }
}
