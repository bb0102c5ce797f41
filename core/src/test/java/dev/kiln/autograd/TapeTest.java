package dev.kiln.autograd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import java.util.ArrayList;
import java.util.List;
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

  /** One call with the results 2x and 3x, which notes the gradients it is given. */
  private static Tensor[] twoAndThreeTimes(Tensor x, List<String> given) {
    Tensor[] results = {x.detach().mul(2), x.detach().mul(3)};
    Tape.record(
        results,
        new Tensor[] {x},
        dy -> {
          Tensor twice = dy[0] == null ? null : dy[0].mul(2);
          Tensor thrice = dy[1] == null ? null : dy[1].mul(3);
          given.add((twice == null ? "-" : "2") + (thrice == null ? "-" : "3"));
          Tensor dx = twice == null ? thrice : thrice == null ? twice : twice.add(thrice);
          return new Tensor[] {dx};
        });
    return results;
  }

  @Test
  void resultsOfOneCallGoBackTogether() {
    Tensor x = leaf(1, 2);
    List<String> given = new ArrayList<>();
    Tensor[] results = twoAndThreeTimes(x, given);
    // one result is used twice, and far from the other
    results[0].add(results[0]).mul(10).add(results[1]).sum().backward();
    assertThat(gradient(x)).containsExactly(43, 43);
    assertThat(given).containsExactly("23");
  }

  @Test
  void aResultThatTheLossDoesNotNeedHasNoGradient() {
    Tensor x = leaf(1, 2);
    List<String> given = new ArrayList<>();
    Tensor[] results = twoAndThreeTimes(x, given);
    results[0].sum().backward();
    assertThat(gradient(x)).containsExactly(2, 2);
    results[1].sum().backward();
    assertThat(gradient(x)).containsExactly(5, 5);
    assertThat(given).containsExactly("2-", "-3");
  }

  @Test
  void oneResultMayFeedAnotherCallBesideItsSibling() {
    Tensor x = leaf(1);
    List<String> given = new ArrayList<>();
    Tensor[] first = twoAndThreeTimes(x, given);
    Tensor[] second = twoAndThreeTimes(first[1], given);
    first[0].add(second[0]).add(second[1]).sum().backward();
    // 2x + 2·3x + 3·3x
    assertThat(gradient(x)).containsExactly(17);
    assertThat(given).containsExactly("23", "23");
  }

  @Test
  void aClosedResultDoesNotCutOffItsSibling() {
    Tensor x = leaf(1, 2);
    Tensor[] results = twoAndThreeTimes(x, new ArrayList<>());
    results[0].close();
    results[1].sum().backward();
    assertThat(gradient(x)).containsExactly(3, 3);
  }

  private static float[] gradient(Tensor leaf) {
    return requireNonNull(leaf.grad()).toFloats();
  }
}
