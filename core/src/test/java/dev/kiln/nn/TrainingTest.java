package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.data.Batch;
import dev.kiln.data.DataLoader;
import dev.kiln.data.Dataset;
import dev.kiln.io.HostTensor;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whole trainings, as a user writes them. */
class TrainingTest {

  /** What a training leaves behind. */
  private record Outcome(
      List<Float> losses,
      Map<String, HostTensor> weights,
      Set<Long> bytesBetweenSteps,
      long bytesInUse) {}

  @Test
  void aNetLearnsTheRingAroundTheDisc() {
    Outcome outcome = train(1);
    List<Float> losses = outcome.losses();
    assertThat(losses.get(0)).isGreaterThan(0.5f);
    assertThat(mean(losses.subList(losses.size() - 16, losses.size()))).isLessThan(0.08);
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    Outcome first = train(7);
    Outcome second = train(7);
    assertThat(second.losses()).isEqualTo(first.losses());
    first
        .weights()
        .forEach(
            (name, weight) ->
                assertThat(Objects.requireNonNull(second.weights().get(name)).floats())
                    .isEqualTo(weight.floats()));
    assertThat(train(8).losses()).isNotEqualTo(first.losses());
  }

  @Test
  void stepsLeaveNothingBehind() {
    Outcome outcome = train(1);
    assertThat(outcome.bytesBetweenSteps()).hasSize(1);
    assertThat(outcome.bytesInUse()).isZero();
  }

  private static Outcome train(long seed) {
    List<Float> losses = new ArrayList<>();
    Set<Long> bytesBetweenSteps = new HashSet<>();
    Map<String, HostTensor> weights;
    try (Device device = Device.open("cpu")) {
      try (Scope all = device.scope()) {
        Module net =
            Sequential.of(new Linear(2, 32), new Tanh(), new Dropout(0.02), new Linear(32, 2))
                .to(device, new Generator(seed));
        Optimizer adam = new Adam(net.parameters(), 0.02);
        DataLoader loader = DataLoader.of(device, rings(), 32).shuffled(seed);
        for (int epoch = 0; epoch < 25; epoch++) {
          for (Batch batch : loader) {
            try (Scope step = device.scope()) {
              Tensor loss = Losses.crossEntropy(net.forward(batch.input()), batch.target());
              adam.zeroGrad();
              loss.backward();
              adam.step();
              losses.add(loss.item());
            }
            bytesBetweenSteps.add(device.memory().used());
          }
        }
        net.eval();
        assertThat(accuracy(device, net)).isGreaterThan(0.95);
        weights = net.stateDict();
      }
      return new Outcome(losses, weights, bytesBetweenSteps, device.memory().used());
    }
  }

  private static double accuracy(Device device, Module net) {
    int right = 0;
    int n = 0;
    try (Tape.Pause pause = Tape.pause()) {
      for (Batch batch : DataLoader.of(device, rings(), 100)) {
        try (Scope step = device.scope()) {
          int[] found = net.forward(batch.input()).argmax(1).toInts();
          int[] labels = batch.labels();
          for (int i = 0; i < labels.length; i++) {
            right += found[i] == labels[i] ? 1 : 0;
          }
          n += labels.length;
        }
      }
    }
    return right / (double) n;
  }

  /** Points in the plane: class 1 within the unit circle, class 0 in a ring around it. */
  private static Dataset rings() {
    int n = 512;
    float[] numbers = new Generator(42).uniform(2 * n, 0, 1);
    float[] points = new float[2 * n];
    int[] classes = new int[n];
    for (int i = 0; i < n; i++) {
      classes[i] = i % 2;
      double radius = classes[i] == 1 ? numbers[2 * i] * 0.9 : 1.3 + numbers[2 * i];
      double angle = 2 * Math.PI * numbers[2 * i + 1];
      points[2 * i] = (float) (radius * Math.cos(angle));
      points[2 * i + 1] = (float) (radius * Math.sin(angle));
    }
    return Dataset.of(points, classes, 2);
  }

  private static double mean(List<Float> values) {
    return values.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
  }
}
