package dev.kiln.ops;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.nn.GroupNorm;
import dev.kiln.nn.LayerNorm;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Variance, minimum and layer norm where an oracle has nothing to say: edges and bad input. */
class StatisticsTest {
  private static final Device DEVICE = Device.open("cpu");

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static Tensor t(int... shape) {
    return Tensor.zeros(DEVICE, shape);
  }

  @Test
  void aLargeMeanCostsTheVarianceNoDigits() {
    float[] values = new float[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 100_000 + i % 2;
    }
    Tensor x = Tensor.of(DEVICE, values, 1000);
    assertThat(Variance.var(x, false, false).item()).isBetween(0.2499f, 0.2501f);
  }

  @Test
  void tooFewElementsHaveNoVariance() {
    assertThat(t(1).var().item()).isNaN();
    assertThat(Variance.var(t(1), false, false).item()).isZero();
    assertThat(Variance.var(t(2, 0), false, false, 1).toFloats())
        .containsExactly(Float.NaN, Float.NaN);
  }

  @Test
  void aDeviationOfZeroHasNoSlope() {
    Tensor x = Tensor.full(DEVICE, 3, 4).requiresGrad(true);
    x.std().backward();
    assertThat(requireNonNull(x.grad()).toFloats()).containsOnly(0);
  }

  @Test
  void theFirstOfEqualMinimaIsFoundAndNanWins() {
    Tensor x = Tensor.of(DEVICE, new float[] {2, 1, 1, 5, Float.NaN, -1}, 2, 3);
    Reduce.Max min = x.min(1);
    assertThat(min.values().toFloats()).containsExactly(1, Float.NaN);
    assertThat(min.indices().toInts()).containsExactly(1, 1);
    assertThat(x.argmin(1).toInts()).containsExactly(1, 1);
    assertThat(Reduce.argmin(x).item()).isEqualTo(4);
  }

  @Test
  void anEmptyDimensionHasNoSmallestElement() {
    assertThatThrownBy(() -> t(2, 0).min(1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("min: dimension 1 of [2, 0] is empty and has no smallest element");
  }

  @Test
  void layerNormWantsTheNormalizedShapeAtTheEnd() {
    assertThatThrownBy(() -> new LayerNorm(4).to(DEVICE).forward(t(2, 3)))
        .hasMessage("layer_norm: the input [2, 3] should end in what is normalized, [4]");
    assertThatThrownBy(
            () -> dev.kiln.ops.LayerNorm.apply(t(2, 3), dev.kiln.Shape.of(3), t(2), null, 0))
        .hasMessage("layer_norm: the weight [2] should be [3], the shape that is normalized");
    assertThatThrownBy(() -> new LayerNorm()).hasMessageContaining("at least one extent");
    assertThatThrownBy(() -> new LayerNorm(3).eps(-1)).hasMessageContaining("eps is 0 or more");
  }

  @Test
  void groupNormWantsChannelsThatDivide() {
    assertThatThrownBy(() -> new GroupNorm(3, 4))
        .hasMessage("GroupNorm: 3 groups do not divide 4 channels");
    assertThatThrownBy(() -> dev.kiln.ops.GroupNorm.apply(t(2, 4), 3, null, null, 0))
        .hasMessageContaining("group_norm: the input [2, 4] should be [n, c, ...]");
    assertThatThrownBy(() -> new GroupNorm(2, 4).to(DEVICE).forward(t(2, 6)))
        .hasMessageContaining("the weight [4] should be [6], one number a channel");
    Tensor x = Tensor.of(DEVICE, new float[] {1, 3, 10, 20}, 1, 4);
    assertThat(new GroupNorm(2, 4).eps(0).to(DEVICE).forward(x).toFloats())
        .containsExactly(-1, 1, -1, 1);
    assertThat(new GroupNorm(2, 4).affine(false).to(DEVICE).parameters()).isEmpty();
  }
}
