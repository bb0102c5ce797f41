package dev.kiln.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.nn.Losses;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Losses refuse what does not fit by name and shapes. */
class LossMessagesTest {
  private static final Device DEVICE = Device.open("cpu");

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static Tensor t(int... shape) {
    return Tensor.zeros(DEVICE, shape);
  }

  @Test
  void aTargetOfAnotherShape() {
    assertThatThrownBy(() -> Losses.mse(t(4, 1), t(4)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "mse_loss: the target [4] should have the input's shape [4, 1]; reshape one of them");
    assertThatThrownBy(() -> Losses.l1(t(2), t(3))).hasMessageContaining("l1_loss: the target [3]");
    assertThatThrownBy(() -> Losses.smoothL1(t(2), t(3)))
        .hasMessageContaining("smooth_l1_loss: the target [3]");
    assertThatThrownBy(() -> Losses.huber(t(2), t(3)))
        .hasMessageContaining("huber_loss: the target");
    assertThatThrownBy(() -> Losses.bceWithLogits(t(2), t(3)))
        .hasMessageContaining("bce_with_logits: the target [3]");
  }

  @Test
  void weightsThatDoNotBroadcast() {
    assertThatThrownBy(
            () -> Losses.bceWithLogits(t(2, 3), t(2, 3), t(4, 2, 3), null, Reduction.MEAN))
        .isInstanceOf(ShapeException.class)
        .hasMessage("bce_with_logits: the weight [4, 2, 3] does not broadcast to the input [2, 3]");
  }

  @Test
  void aWeightThatWouldWantAGradient() {
    Tensor weight = t(2).requiresGrad(true);
    assertThatThrownBy(() -> Losses.bceWithLogits(t(2), t(2), weight, null, Reduction.MEAN))
        .hasMessage("bce_with_logits: the weight [2] gets no gradient here; detach() it");
  }

  @Test
  void numbersThatMakeNoLoss() {
    assertThatThrownBy(() -> Losses.smoothL1(t(2), t(2), -1, Reduction.MEAN))
        .hasMessage("smooth_l1_loss: beta is 0 or more, not -1.0");
    assertThatThrownBy(() -> Losses.huber(t(2), t(2), 0, Reduction.MEAN))
        .hasMessage("huber_loss: delta is above 0, not 0.0");
  }

  @Test
  void labelsThatAreNoClasses() {
    assertThatThrownBy(() -> Losses.nll(t(2, 3), Tensor.of(DEVICE, new int[] {0, 3}, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(
            "nll_loss: target[1] = 3 is not a class: the inputs [2, 3] have classes 0 to 2"
                + " (ignore_index -100)");
    assertThatThrownBy(() -> Losses.nll(t(2, 3), t(2)))
        .hasMessageContaining("nll_loss: the target float32 [2] should be int32 [2]");
  }

  @Test
  void theMeanOfNothingIsNotANumber() {
    assertThat(Losses.mse(t(0, 3), t(0, 3)).item()).isNaN();
    assertThat(Losses.mse(t(0, 3), t(0, 3), Reduction.SUM).item()).isZero();
  }
}
