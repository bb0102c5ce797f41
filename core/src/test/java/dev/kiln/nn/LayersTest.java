package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LayersTest {
  private final Device device = Device.open("cpu");
  private final Scope scope = device.scope();

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  private Tensor images(float... values) {
    return Tensor.of(device, values, 1, 1, 2, values.length / 2);
  }

  @Test
  void linearIsTheProductWithTheTransposedWeightPlusBias() {
    Module linear = new Linear(2, 3).to(device);
    linear.parameters().get(0).write(new float[] {1, 2, 3, 4, 5, 6});
    linear.parameters().get(1).write(new float[] {10, 20, 30});
    Tensor x = Tensor.of(device, new float[] {1, 1, 0, 2}, 2, 2);
    assertThat(linear.forward(x).toFloats()).containsExactly(13, 27, 41, 14, 28, 42);
    assertThat(new Linear(2, 3).bias(false).to(device).parameters()).hasSize(1);
  }

  @Test
  void weightsBeginAsPytorchsDo() {
    for (Tensor parameter : new Linear(100, 50).to(device).parameters()) {
      assertWithin(parameter, 0.1);
    }
    for (Tensor parameter : new Conv2d(8, 20, 5).groups(2).to(device).parameters()) {
      assertWithin(parameter, 0.1);
    }
  }

  private static void assertWithin(Tensor parameter, double bound) {
    double largest = 0;
    for (float value : parameter.toFloats()) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isBetween(bound * 0.7, bound);
  }

  @Test
  void convolutionTakesItsOptions() {
    Module conv = new Conv2d(4, 6, 3, 1).stride(2, 1).padding(1, 0).groups(2).bias(false);
    conv.to(device);
    assertThat(conv.parameters().get(0).shape().toArray()).containsExactly(6, 2, 3, 1);
    Tensor y = conv.forward(Tensor.ones(device, 2, 4, 5, 7));
    assertThat(y.shape().toArray()).containsExactly(2, 6, 3, 7);
    assertThatThrownBy(() -> new Conv2d(4, 6, 3).groups(4))
        .hasMessage("Conv2d: 4 groups do not divide in 4 and out 6");
  }

  @Test
  void poolingTakesItsOptions() {
    Tensor x = images(1, 5, 2, 3, 8, 4);
    assertThat(new MaxPool2d(2).stride(1).forward(x).toFloats()).containsExactly(8, 8);
    assertThat(new MaxPool2d(2).ceil(true).forward(x).toFloats()).containsExactly(8, 4);
    assertThat(new AvgPool2d(2).forward(x).toFloats()).containsExactly(17 / 4f);
    Tensor padded = new AvgPool2d(2).padding(1).countIncludePad(false).forward(x);
    assertThat(padded.shape().toArray()).containsExactly(1, 1, 2, 2);
    assertThat(padded.toFloats()).containsExactly(1, 3.5f, 3, 6);
  }

  @Test
  void poolingOfSignalsTakesItsOptions() {
    Tensor x = Tensor.of(device, new float[] {1, 5, 2, 3, 8, 4}, 1, 1, 6);
    assertThat(new MaxPool1d(2).stride(1).forward(x).toFloats()).containsExactly(5, 5, 3, 8, 8);
    assertThat(new MaxPool1d(4).ceil(true).forward(x).toFloats()).containsExactly(5, 8);
    assertThat(new MaxPool1d(3).padding(1).forward(x).shape().toArray()).containsExactly(1, 1, 2);
    assertThat(new AvgPool1d(3).padding(1).forward(x).toFloats()).containsExactly(2, 13 / 3f);
    assertThat(new AvgPool1d(3).padding(1).countIncludePad(false).forward(x).toFloats())
        .containsExactly(3, 13 / 3f);
  }

  @Test
  void activationsComputeTheirFunctions() {
    Tensor x = Tensor.of(device, new float[] {-1, 0, 2}, 1, 3);
    assertThat(new ReLU().forward(x).toFloats()).containsExactly(0, 0, 2);
    assertClose(new Sigmoid().forward(x), 0.26894142, 0.5, 0.88079708);
    assertClose(new Tanh().forward(x), -0.76159416, 0, 0.96402758);
    assertClose(new Softmax(1).forward(x), 0.04201007, 0.11419519, 0.84379473);
    assertClose(new LogSoftmax(-1).forward(x), -3.16984602, -2.16984602, -0.16984602);
  }

  private static void assertClose(Tensor y, double... expected) {
    float[] values = y.toFloats();
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[i]).isCloseTo((float) expected[i], within(2e-6f));
    }
  }

  @Test
  void flattenKeepsTheBatch() {
    Tensor y = new Flatten().forward(Tensor.zeros(device, 2, 3, 4, 5));
    assertThat(y.shape().toArray()).containsExactly(2, 60);
  }

  @Test
  void batchNormUsesTheBatchInTrainingAndTheRunningStatisticsInEvaluation() {
    Module norm = new BatchNorm2d(1).eps(0).momentum(0.25).to(device);
    // mean 3, variance 5, unbiased 20/3
    assertClose(norm.forward(images(0, 2, 4, 6)), -1.3416408, -0.4472136, 0.4472136, 1.3416408);
    assertThat(state(norm, "running_mean")).containsExactly(0.75f);
    assertThat(state(norm, "running_var")[0]).isCloseTo(0.75f + 20 / 12f, within(1e-6f));
    norm.eval();
    double root = Math.sqrt(0.75 + 20 / 12.0);
    assertClose(norm.forward(images(0.75f, 1.75f)), 0, 1 / root);
    assertThat(state(norm, "running_mean")).containsExactly(0.75f);
  }

  @Test
  void cumulativeBatchNormAveragesAllBatchesAlike() {
    Module norm = new BatchNorm2d(1).cumulative().to(device);
    norm.forward(images(0, 2));
    norm.forward(images(2, 4));
    norm.forward(images(7, 13));
    assertThat(state(norm, "running_mean")[0]).isCloseTo(14 / 3f, within(1e-6f));
  }

  @Test
  void batchNormWithoutRunningStatisticsAlwaysUsesTheBatch() {
    Module norm = new BatchNorm2d(1).trackRunningStats(false).affine(false).to(device).eval();
    assertThat(norm.stateDict()).isEmpty();
    assertThat(norm.forward(images(3, 5)).toFloats()[1]).isCloseTo(1, within(1e-4f));
    assertThatThrownBy(() -> norm.forward(Tensor.ones(device, 2, 1)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("batch_norm2d: the input [2, 1] should be [n, 1, h, w]");
  }

  private static float[] state(Module module, String name) {
    return Objects.requireNonNull(module.stateDict().get(name)).floats();
  }

  @Test
  void dropoutDropsAnotherShareEachTimeAndTheSameForTheSameSeed() {
    Module dropout = new Dropout(0.3).to(device, new Generator(4));
    Tensor x = Tensor.ones(device, 10_000);
    float[] first = dropout.forward(x).toFloats();
    float[] second = dropout.forward(x).toFloats();
    assertThat(first).isNotEqualTo(second);
    assertThat(new Dropout(0.3).to(device, new Generator(4)).forward(x).toFloats())
        .isEqualTo(first);
    int zeros = 0;
    for (float value : first) {
      zeros += value == 0 ? 1 : 0;
      assertThat(value == 0 || value == 1 / (1 - 0.3f)).isTrue();
    }
    assertThat(zeros).isBetween(2_850, 3_150);
  }

  @Test
  void dropoutLetsEverythingPassInEvaluation() {
    Tensor x = Tensor.ones(device, 5);
    assertThat(new Dropout(0.9).to(device).eval().forward(x)).isSameAs(x);
    assertThat(new Dropout(0).to(device).forward(x)).isSameAs(x);
    assertThat(new Dropout(1).to(device).forward(x).toFloats()).containsOnly(0);
    assertThatThrownBy(() -> new Dropout(1.5)).hasMessageContaining("from 0 to 1, not 1.5");
  }

  @Test
  void dropout2dDropsWholeChannels() {
    Module dropout = new Dropout2d(0.5).to(device, new Generator(1));
    float[] values = dropout.forward(Tensor.ones(device, 4, 25, 2, 3)).toFloats();
    int dropped = 0;
    for (int channel = 0; channel < 100; channel++) {
      for (int i = 1; i < 6; i++) {
        assertThat(values[channel * 6 + i]).isEqualTo(values[channel * 6]);
      }
      dropped += values[channel * 6] == 0 ? 1 : 0;
    }
    assertThat(dropped).isBetween(35, 65);
  }

  @Test
  void crossEntropyIsTheMeanOfTheNegativeLogProbabilities() {
    Tensor logits = Tensor.of(device, new float[] {0, 0, 3, 1}, 2, 2);
    Tensor target = Tensor.of(device, new int[] {1, 0}, 2);
    double expected = (Math.log(2) + Math.log(1 + Math.exp(-2))) / 2;
    assertThat(Losses.crossEntropy(logits, target).item())
        .isCloseTo((float) expected, within(1e-6f));
  }

  @Test
  void everyLayerHasNoParametersButThoseItDocuments() {
    Map<Module, Integer> counts =
        Map.of(
            new Conv2d(1, 1, 1), 2,
            new Linear(1, 1), 2,
            new BatchNorm2d(1), 2,
            new MaxPool2d(2), 0,
            new Dropout(0.5), 0);
    counts.forEach(
        (module, count) ->
            assertThat(module.to(device).parameters()).as(module.toString()).hasSize(count));
  }
}
