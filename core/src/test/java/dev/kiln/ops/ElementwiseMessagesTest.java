package dev.kiln.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Functions of elements refuse what they cannot take by name, shapes and numbers. */
class ElementwiseMessagesTest {
  private static final Device DEVICE = Device.open("cpu");

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static Tensor t(int... shape) {
    return Tensor.zeros(DEVICE, shape);
  }

  @Test
  void parametersThatMakeNoFunction() {
    assertThatThrownBy(() -> t(2).softplus(0, 20)).hasMessage("softplus: beta is above 0, not 0.0");
    assertThatThrownBy(() -> t(2).clampMin(Float.NaN))
        .hasMessage(
            "clamp: the bounds are numbers, not NaN and Infinity; an infinite one bounds nothing");
  }

  @Test
  void shapesThatDoNotBroadcast() {
    assertThatThrownBy(() -> t(2, 3).pow(t(2)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("pow: [2, 3] and [2] do not broadcast");
    assertThatThrownBy(() -> t(2, 3).maximum(t(4))).hasMessageContaining("maximum: [2, 3] and [4]");
    assertThatThrownBy(() -> t(2, 3).minimum(t(4))).hasMessageContaining("minimum: [2, 3] and [4]");
  }

  @Test
  void integers() {
    assertThatThrownBy(() -> Tensor.of(DEVICE, new int[2], 2).leakyRelu(0.1f))
        .hasMessageContaining("leaky_relu: ")
        .hasMessageContaining("should be float32");
  }
}
