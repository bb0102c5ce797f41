package dev.kiln.autograd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TapeTest {
  private final Device device = Device.open("cpu");
  private final Scope scope = device.scope();

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  private Tensor leaf(float... values) {
    return Tensor.of(device, values, values.length).requiresGrad(true);
  }

  @Test
  void pathsThatMeetAddUp() {
    Tensor x = leaf(3);
    Tensor twice = x.mul(2);
    twice.mul(twice).add(x).sum().backward();
    // y = 4x² + x, dy/dx = 8x + 1
    assertThat(gradient(x)).containsExactly(25);
  }

  @Test
  void aSecondBackwardAddsToTheFirst() {
    Tensor x = leaf(1, 2);
    x.sum().backward();
    x.mul(3).sum().backward();
    assertThat(gradient(x)).containsExactly(4, 4);
    x.clearGrad();
    x.sum().backward();
    assertThat(gradient(x)).containsExactly(1, 1);
  }

  @Test
  void nothingIsRecordedWhilePaused() {
    Tensor x = leaf(1);
    try (Tape.Pause pause = Tape.pause()) {
      assertThat(x.mul(2).requiresGrad()).isFalse();
      try (Tape.Pause inner = Tape.pause()) {
        assertThat(x.mul(2).requiresGrad()).isFalse();
      }
      assertThat(x.mul(2).requiresGrad()).isFalse();
    }
    assertThat(x.mul(2).requiresGrad()).isTrue();
  }

  @Test
  void whatWantsNoGradientGetsNone() {
    Tensor x = leaf(1, 2);
    Tensor constant = Tensor.of(device, new float[] {5, 7}, 2);
    x.mul(constant).sum().backward();
    assertThat(gradient(x)).containsExactly(5, 7);
    assertThat(constant.grad()).isNull();
  }

  @Test
  void detachCutsTheTape() {
    Tensor x = leaf(2);
    x.mul(x.detach()).sum().backward();
    assertThat(gradient(x)).containsExactly(2);
  }

  @Test
  void backwardWantsASingleNumberOrAGradientOfTheSameShape() {
    Tensor x = leaf(1, 2, 3);
    assertThatThrownBy(() -> x.mul(2).backward())
        .hasMessageContaining("[3] is not a single number");
    assertThatThrownBy(() -> x.mul(2).backward(Tensor.ones(device, 2)))
        .hasMessageContaining("the gradient [2] is not of the tensor's shape [3]");
    x.mul(2).backward(Tensor.of(device, new float[] {1, 10, 100}, 3));
    assertThat(gradient(x)).containsExactly(2, 20, 200);
  }

  @Test
  void backwardFromAConstantSaysThatNothingWasRecorded() {
    assertThatThrownBy(() -> Tensor.ones(device, 1).backward())
        .hasMessageContaining("nothing was recorded");
  }

  @Test
  void aResultIsNoLeaf() {
    Tensor y = leaf(1).mul(2);
    assertThatThrownBy(() -> y.requiresGrad(false)).hasMessageContaining("detach() it first");
  }

  @Test
  void aLongChainDoesNotOverflowTheStack() {
    Tensor x = leaf(1);
    Tensor y = x;
    for (int i = 0; i < 20_000; i++) {
      y = y.add(1);
    }
    y.sum().backward();
    assertThat(gradient(x)).containsExactly(1);
  }

  private static float[] gradient(Tensor leaf) {
    return requireNonNull(leaf.grad()).toFloats();
  }
}
