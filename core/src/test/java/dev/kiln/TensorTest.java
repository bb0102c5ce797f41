package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TensorTest {
  private static final Device DEVICE = Device.open("cpu");

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  @Test
  void handsBackTheValuesItWasGiven() {
    float[] values = {1, 2, 3, 4, 5, 6};
    assertThat(Tensor.of(DEVICE, values.clone(), 2, 3).toFloats()).isEqualTo(values);
    assertThat(Tensor.of(DEVICE, FloatBuffer.wrap(values, 2, 3), 3).toFloats())
        .containsExactly(3, 4, 5);
    assertThat(Tensor.of(DEVICE, new int[] {7, -1}, 2).toInts()).containsExactly(7, -1);
    assertThat(Tensor.full(DEVICE, 2.5f, 2, 2).toFloats()).containsOnly(2.5f);
    assertThat(Tensor.zeros(DEVICE, 0, 3).toFloats()).isEmpty();
  }

  @Test
  void valuesThatDoNotFillTheShapeAreRefused() {
    assertThatThrownBy(() -> Tensor.of(DEVICE, new float[5], 2, 3))
        .isInstanceOf(ShapeException.class)
        .hasMessage("Tensor.of: 5 values do not fill the shape [2, 3] of 6 elements");
  }

  @Test
  void aClosedTensorSaysSo() {
    Tensor x = Tensor.zeros(DEVICE, 2, 3);
    x.close();
    x.close();
    assertThat(x.isClosed()).isTrue();
    assertThatThrownBy(x::toFloats)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tensor [2, 3] is closed")
        .hasMessageContaining("Scope.keep");
    assertThatThrownBy(x::relu).hasMessageContaining("tensor [2, 3] is closed");
  }

  @Test
  void aViewOutlivesTheTensorItWasMadeFrom() {
    Tensor whole = Tensor.of(DEVICE, new float[] {1, 2, 3, 4}, 4);
    Tensor view = whole.reshape(2, 2);
    whole.close();
    assertThat(view.toFloats()).containsExactly(1, 2, 3, 4);
    view.close();
  }

  @Test
  void oneNumberIsAnItemAndSeveralAreNot() {
    assertThat(Tensor.scalar(DEVICE, 3.5f).item()).isEqualTo(3.5f);
    assertThat(Tensor.of(DEVICE, new int[] {4}, 1).item()).isEqualTo(4);
    assertThatThrownBy(() -> Tensor.zeros(DEVICE, 2).item())
        .hasMessage("item: [2] has 2 elements, not one");
  }

  @Test
  void dtypesAreNotMixedUp() {
    Tensor labels = Tensor.of(DEVICE, new int[] {1, 2}, 2);
    assertThatThrownBy(labels::toFloats).hasMessageContaining("is int32; use toInts");
    assertThatThrownBy(labels::relu).hasMessageContaining("should be float32");
    assertThatThrownBy(() -> labels.requiresGrad(true)).hasMessageContaining("int32");
  }

  @Test
  void tensorsOfTwoDevicesDoNotMeet() {
    try (Device other = Device.open("cpu")) {
      Tensor x = Tensor.zeros(DEVICE, 2);
      Tensor y = Tensor.zeros(other, 2);
      assertThatThrownBy(() -> x.add(y)).hasMessageContaining("different devices");
    }
  }

  @Test
  void writeReplacesTheValuesInPlace() {
    Tensor x = Tensor.zeros(DEVICE, 3);
    x.write(new float[] {1, 2, 3});
    assertThat(x.toFloats()).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> x.write(new float[2])).hasMessageContaining("[3] of 3 elements");
  }

  @Test
  void readCopiesIntoABufferAndMovesItsPosition() {
    FloatBuffer buffer = FloatBuffer.allocate(5);
    buffer.position(1);
    Tensor.of(DEVICE, new float[] {1, 2, 3}, 3).read(buffer);
    assertThat(buffer.position()).isEqualTo(4);
    assertThat(buffer.array()).containsExactly(0, 1, 2, 3, 0);
    assertThatThrownBy(() -> Tensor.zeros(DEVICE, 2).read(buffer))
        .hasMessageContaining("room for 1, [2] needs 2");
  }

  @Test
  void aClosedDeviceSaysSo() {
    Device device = Device.open("cpu");
    Tensor x = Tensor.zeros(device, 2);
    device.close();
    assertThatThrownBy(x::relu).hasMessageContaining("device cpu is closed");
  }
}
