package dev.kiln.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.io.HostTensor;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Dropout2d;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Gru;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.optim.Adadelta;
import dev.kiln.optim.Adagrad;
import dev.kiln.optim.Adam;
import dev.kiln.optim.AdamW;
import dev.kiln.optim.ClipGrad;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.RmsProp;
import dev.kiln.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Steps that are recorded do what they do unrecorded, bit for bit, and say why where they cannot be
 * recorded. A backend's tests extend it with their device.
 */
public abstract class RecordingCases {
  static final int STEPS = 6;
  static final int CLASSES = 5;

  protected abstract Device open();

  /** Every optimizer, with the options that make its step depend on the step's number. */
  enum Steps {
    SGD(parameters -> new Sgd(parameters, 0.05)),
    MOMENTUM(parameters -> new Sgd(parameters, 0.05).momentum(0.9).nesterov(true)),
    ADAM(parameters -> new Adam(parameters, 0.01)),
    AMSGRAD(parameters -> new Adam(parameters, 0.01).amsgrad(true)),
    ADAMW(parameters -> new AdamW(parameters, 0.01)),
    ADAGRAD(parameters -> new Adagrad(parameters, 0.05).lrDecay(0.1)),
    RMSPROP(parameters -> new RmsProp(parameters, 0.01).centered(true).momentum(0.5)),
    ADADELTA(parameters -> new Adadelta(parameters, 1));

    final Function<List<Tensor>, Optimizer> make;

    Steps(Function<List<Tensor>, Optimizer> make) {
      this.make = make;
    }
  }

  private static Module images() {
    return Sequential.of(
        new Conv2d(1, 4, 3).padding(1),
        new BatchNorm2d(4),
        new ReLU(),
        new MaxPool2d(2),
        new Dropout2d(0.3),
        new Flatten(),
        new Linear(4 * 3 * 3, 16),
        new ReLU(),
        new Dropout(0.4),
        new Linear(16, CLASSES));
  }

  /** Two layers of each kind of recurrent net over embedded letters. */
  private static final class Letters extends Module {
    private final Embedding letters = child("letters", new Embedding(7, 6));
    private final Lstm lstm = child("lstm", new Lstm(6, 9).layers(2).dropout(0.5));
    private final Gru gru = child("gru", new Gru(9, 8).bidirectional());
    private final Linear linear = child("linear", new Linear(16, CLASSES));

    @Override
    public Tensor forward(Tensor x) {
      Tensor y = gru.forward(lstm.forward(letters.forward(x)));
      return linear.forward(y).reshape(-1, CLASSES);
    }
  }

  private static Tensor pixels(Device device, int seed) {
    return Tensor.of(device, new Generator(seed).normal(8 * 36, 0, 1), 8, 1, 6, 6);
  }

  private static Tensor letters(Device device, int seed) {
    int[] letters = new int[5 * 3];
    for (int i = 0; i < letters.length; i++) {
      letters[i] = (i * 5 + seed) % 7;
    }
    return Tensor.of(device, letters, 5, 3);
  }

  /** The losses of some steps, then all parameters, gradients and states. */
  private static List<float[]> train(
      Device device,
      Module net,
      Steps steps,
      BiFunction<Device, Integer, Tensor> input,
      boolean recorded) {
    List<float[]> seen = new ArrayList<>();
    try (Scope all = device.scope()) {
      net.to(device, new Generator(3)).train();
      Optimizer optimizer = steps.make.apply(net.parameters());
      Recording.Step step =
          in -> {
            Tensor loss = Losses.crossEntropy(net.forward(in.get(0)), in.get(1));
            optimizer.zeroGrad();
            loss.backward();
            Tensor norm = ClipGrad.norm(net.parameters(), 0.7);
            optimizer.step();
            return List.of(loss, norm);
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < STEPS; i++) {
          Tensor x = input.apply(device, i);
          int rows = x.dim(0) * (x.shape().rank() == 2 ? x.dim(1) : 1);
          Tensor target = Tensor.of(device, labels(rows, i), rows);
          try (Scope scope = device.scope()) {
            List<Tensor> results =
                recorded ? recording.run(x, target) : step.take(List.of(x, target));
            results.forEach(result -> seen.add(result.toFloats()));
          }
          optimizer.lr(0.02 / (i + 1));
        }
        for (Tensor parameter : net.parameters()) {
          seen.add(parameter.toFloats());
          seen.add(parameter.grad().toFloats());
        }
        addStates(seen, net, optimizer);
      }
    }
    return seen;
  }

  private static void addStates(List<float[]> seen, Module net, Optimizer optimizer) {
    net.stateDict().values().forEach(value -> seen.add(numbers(value)));
    optimizer.stateDict().values().forEach(value -> seen.add(numbers(value)));
  }

  private static float[] numbers(HostTensor value) {
    if (value.dtype() == DType.FLOAT32) {
      return value.floats();
    }
    float[] numbers = new float[value.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = value.ints()[i];
    }
    return numbers;
  }

  /** Classes, others for another seed. */
  static int[] labels(int count, int seed) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (i * 7 + seed * 3) % CLASSES;
    }
    return labels;
  }

  private interface Training {
    /** What it has seen on its way. */
    List<float[]> take(
        Device device,
        Module net,
        Steps steps,
        BiFunction<Device, Integer, Tensor> input,
        boolean recorded);
  }

  private void endLikeEagerOnes(
      Training training,
      Supplier<Module> net,
      Steps steps,
      BiFunction<Device, Integer, Tensor> input) {
    try (Device device = open()) {
      List<float[]> eager = training.take(device, net.get(), steps, input, false);
      List<float[]> recorded = training.take(device, net.get(), steps, input, true);
      assertThat(recorded).usingRecursiveComparison().isEqualTo(eager);
    }
  }

  @ParameterizedTest
  @EnumSource(Steps.class)
  void aRecordedNetTrainsLikeAnEagerOne(Steps steps) {
    endLikeEagerOnes(RecordingCases::train, RecordingCases::images, steps, RecordingCases::pixels);
  }

  @Test
  void aRecordedRecurrentNetTrainsLikeAnEagerOne() {
    endLikeEagerOnes(RecordingCases::train, Letters::new, Steps.ADAM, RecordingCases::letters);
  }

  @Test
  void masksDifferFromRunToRun() {
    try (Device device = open();
        Scope all = device.scope();
        Recording recording = dropping(device)) {
      List<float[]> masks = new ArrayList<>();
      for (int i = 0; i < STEPS; i++) {
        masks.add(recording.run().get(0).toFloats());
      }
      assertThat(masks.stream().map(java.util.Arrays::toString).distinct()).hasSize(STEPS);
    }
  }

  private static Recording dropping(Device device) {
    Tensor ones = Tensor.ones(device, 64);
    Generator numbers = new Generator(5);
    return device.record(in -> List.of(dev.kiln.ops.Dropout.apply(ones, 0.5f, numbers)));
  }

  @Test
  void aRunAllocatesNothing() {
    try (Device device = open();
        Scope all = device.scope();
        Recording recording = dropping(device)) {
      recording.run();
      recording.run();
      long used = device.memory().used();
      for (int i = 0; i < STEPS; i++) {
        recording.run();
        assertThat(device.memory().used()).isEqualTo(used);
      }
    }
  }

  @Test
  void allMemoryComesBack() {
    try (Device device = open()) {
      long before = device.memory().used();
      for (int times = 0; times < 3; times++) {
        train(device, images(), Steps.ADAM, RecordingCases::pixels, true);
        assertThat(device.memory().used()).isEqualTo(before);
      }
    }
  }

  @Test
  void whatTheStepUsesOutlivesItsTensor() {
    try (Device device = open()) {
      Tensor two = Tensor.full(device, 2, 1000);
      try (Recording recording = device.record(in -> List.of(in.get(0).mul(two)))) {
        try (Scope scope = device.scope()) {
          Tensor x = Tensor.full(device, 3, 1000);
          recording.run(x);
          recording.run(x);
          two.close();
          Tensor other = Tensor.full(device, 9, 1000);
          assertThat(recording.run(x).get(0).toFloats()).containsOnly(6);
          assertThat(other.toFloats()).containsOnly(9);
        }
      }
      assertThat(device.memory().used()).isZero();
    }
  }

  @Test
  void itMayBeClosedAfterItsDevice() {
    Device device = open();
    Tensor two = Tensor.full(device, 2, 10);
    Recording recording = device.record(in -> List.of(two.mul(two)));
    for (int i = 0; i < 3; i++) {
      assertThat(recording.run().get(0).toFloats()).containsOnly(4);
    }
    device.close();
    recording.close();
  }

  @Test
  void theOneWhoReadsInTheMiddleIsTold() {
    refused(x -> x.mul(x.sum().item()), "reads values back", "item");
  }

  @Test
  void theOneWhoBringsValuesIsTold() {
    refused(x -> x.add(Tensor.of(x.device(), new float[] {1, 2}, 2)), "Tensor.of");
  }

  @Test
  void theOneWhoDrawsOnTheHostIsTold() {
    Generator numbers = new Generator(1);
    refused(x -> x.add(numbers.normal(1, 0, 1)[0]), "draws random numbers on the host");
  }

  @Test
  void theOneWhoAddsUpGradientsIsTold() {
    refused(
        x -> {
          Tensor loss = x.mul(x).sum();
          loss.backward();
          return loss;
        },
        "zeroGrad()");
  }

  private void refused(Function<Tensor, Tensor> step, String... said) {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor x = Tensor.of(device, new float[] {3, 4}, 2).requiresGrad(true);
      long used = device.memory().used();
      try (Recording recording = device.record(in -> List.of(step.apply(x)))) {
        recording.run();
        assertThatThrownBy(recording::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll(said);
      }
      x.clearGrad();
      assertThat(device.memory().used()).isEqualTo(used);
      assertThat(x.mul(2).toFloats()).containsExactly(6, 8);
    }
  }

  @ParameterizedTest
  @EnumSource(Steps.class)
  void whoIsRefusedGoesOnEagerly(Steps steps) {
    endLikeEagerOnes(RecordingCases::goOn, RecordingCases::images, steps, RecordingCases::pixels);
  }

  @Test
  void whoIsRefusedWithARecurrentNetGoesOnEagerly() {
    endLikeEagerOnes(RecordingCases::goOn, Letters::new, Steps.ADAM, RecordingCases::letters);
  }

  /** Some steps: of a recording that is refused the second, and then eager ones, or all eager. */
  private static List<float[]> goOn(
      Device device,
      Module net,
      Steps steps,
      BiFunction<Device, Integer, Tensor> input,
      boolean recorded) {
    List<float[]> seen = new ArrayList<>();
    try (Scope all = device.scope()) {
      net.to(device, new Generator(3)).train();
      Optimizer optimizer = steps.make.apply(net.parameters());
      Tensor x = input.apply(device, 0);
      Recording.Step step =
          in -> {
            Tensor loss = net.forward(in.get(0)).square().mean();
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            seen.add(loss.toFloats());
            return List.of();
          };
      try (Recording recording = device.record(step)) {
        if (recorded) {
          recording.run(x);
          assertThatThrownBy(() -> recording.run(x)).hasMessageContaining("reads values back");
        }
        for (int i = recorded ? 1 : 0; i < STEPS; i++) {
          step.take(List.of(x));
        }
      }
      addStates(seen, net, optimizer);
    }
    return seen;
  }

  @Test
  void resultsAreOffTheTape() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      try (Recording recording = device.record(in -> List.of(w.mul(w).sum()))) {
        for (int i = 0; i < 3; i++) {
          Tensor loss = recording.run().get(0);
          assertThatThrownBy(loss::backward).hasMessageContaining("nothing was recorded");
        }
      }
    }
  }

  @Test
  void aStepWithoutResultsSaysSo() {
    try (Device device = open();
        Scope all = device.scope();
        Recording none = device.record(in -> null);
        Recording empty = device.record(in -> List.of())) {
      assertThatThrownBy(none::run).hasMessageContaining("List.of()");
      assertThat(empty.run()).isEmpty();
    }
  }

  @Test
  void theOneWhoRunsAnotherRecordingIsTold() {
    try (Device device = open();
        Scope all = device.scope();
        Recording inner = device.record(in -> List.of(in.get(0).mul(2)));
        Recording outer = device.record(in -> inner.run(in.get(0)))) {
      Tensor x = Tensor.ones(device, 3);
      for (int i = 0; i < 3; i++) {
        inner.run(x);
      }
      outer.run(x);
      assertThatThrownBy(() -> outer.run(x))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("cannot be recorded", "another recording");
    }
  }

  @Test
  void theOneWhoComputesOnASecondDeviceIsTold() {
    try (Device device = open();
        Device other = Device.open("cpu:scalar");
        Scope all = device.scope()) {
      Tensor there = Tensor.ones(other, 3);
      Recording.Step step =
          in -> {
            there.mul(2).close();
            return List.of(in.get(0).mul(2));
          };
      try (Recording recording = device.record(step)) {
        Tensor x = Tensor.ones(device, 3);
        recording.run(x);
        assertThatThrownBy(() -> recording.run(x))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll("cannot be recorded", "second device, cpu:scalar");
      }
      assertThat(there.mul(2).toFloats()).containsOnly(2);
      there.close();
    }
  }
}
