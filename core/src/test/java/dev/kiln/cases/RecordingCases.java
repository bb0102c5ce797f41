package dev.kiln.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.ShapeException;
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
import dev.kiln.ops.Concat;
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
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Steps that are recorded do what they do unrecorded, bit for bit, and say why where they cannot be
 * recorded. A backend's tests extend it with their device.
 */
public abstract class RecordingCases {
  private static final int STEPS = 6;
  private static final int CLASSES = 5;

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

  /** The losses of some steps, then all parameters, gradients and states. */
  private static List<float[]> train(
      Device device, Module net, Steps steps, Function<Integer, Tensor> input, boolean recorded) {
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
          Tensor x = input.apply(i);
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
        net.stateDict().values().forEach(value -> seen.add(numbers(value)));
        optimizer.stateDict().values().forEach(value -> seen.add(numbers(value)));
      }
    }
    return seen;
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

  private static int[] labels(int count, int seed) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = (i * 7 + seed * 3) % CLASSES;
    }
    return labels;
  }

  @ParameterizedTest
  @EnumSource(Steps.class)
  void aRecordedNetTrainsLikeAnEagerOne(Steps steps) {
    try (Device device = open()) {
      Function<Integer, Tensor> input =
          i -> Tensor.of(device, new Generator(i).normal(8 * 36, 0, 1), 8, 1, 6, 6);
      List<float[]> eager = train(device, images(), steps, input, false);
      List<float[]> recorded = train(device, images(), steps, input, true);
      assertThat(recorded).usingRecursiveComparison().isEqualTo(eager);
    }
  }

  @Test
  void aRecordedRecurrentNetTrainsLikeAnEagerOne() {
    try (Device device = open()) {
      Function<Integer, Tensor> input =
          i -> {
            int[] letters = new int[5 * 3];
            for (int j = 0; j < letters.length; j++) {
              letters[j] = (j * 5 + i) % 7;
            }
            return Tensor.of(device, letters, 5, 3);
          };
      List<float[]> eager = train(device, new Letters(), Steps.ADAM, input, false);
      List<float[]> recorded = train(device, new Letters(), Steps.ADAM, input, true);
      assertThat(recorded).usingRecursiveComparison().isEqualTo(eager);
    }
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
        Function<Integer, Tensor> input =
            i -> Tensor.of(device, new Generator(i).normal(8 * 36, 0, 1), 8, 1, 6, 6);
        Module net = images();
        train(device, net, Steps.ADAM, input, true);
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

  @Test
  void anotherShapeIsRefused() {
    try (Device device = open();
        Scope all = device.scope();
        Recording recording = device.record(in -> List.of(in.get(0).relu()))) {
      recording.run(Tensor.ones(device, 2, 3));
      assertThatThrownBy(() -> recording.run(Tensor.ones(device, 3, 2)))
          .isInstanceOf(ShapeException.class)
          .hasMessageContainingAll("input 0", "[3, 2]", "[2, 3]");
      assertThatThrownBy(recording::run).hasMessageContaining("0 inputs");
    }
  }

  @Test
  void eachInputsLabelsAreChecked() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor logits = Tensor.ones(device, 2, 3);
      Recording recording = device.record(in -> List.of(Losses.crossEntropy(logits, in.get(0))));
      try (recording) {
        for (int i = 0; i < 3; i++) {
          recording.run(Tensor.of(device, new int[] {0, i}, 2));
        }
        assertThatThrownBy(() -> recording.run(Tensor.of(device, new int[] {0, 3}, 2)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContainingAll("input 0", "3", "position 1", "0 to 2");
      }
    }
  }

  @Test
  void whatAStepReturnsMayBeTheNextOnesInput() {
    try (Device device = open();
        Scope all = device.scope();
        Recording recording =
            device.record(in -> List.of(in.get(1).add(in.get(0)), in.get(0).mul(2)))) {
      List<Tensor> state = List.of(Tensor.full(device, 1, 2), Tensor.full(device, 2, 2));
      float a = 1;
      float b = 2;
      for (int i = 0; i < STEPS; i++) {
        state = recording.run(state.get(0), state.get(1));
        float sum = a + b;
        b = 2 * a;
        a = sum;
        assertThat(state.get(0).toFloats()).containsOnly(a);
        assertThat(state.get(1).toFloats()).containsOnly(b);
      }
    }
  }

  @Test
  void inputsMayChangePlaces() {
    try (Device device = open();
        Scope all = device.scope();
        Recording recording =
            device.record(in -> List.of(in.get(1).reshape(2), in.get(0), in.get(2).reshape(2)))) {
      List<Tensor> x = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        x.add(Tensor.full(device, i, 2));
      }
      for (int i = 1; i <= STEPS; i++) {
        x = new ArrayList<>(recording.run(x.toArray(new Tensor[0])));
        assertThat(x.get(0).toFloats()).containsOnly(i % 2);
        assertThat(x.get(1).toFloats()).containsOnly(1 - i % 2);
        assertThat(x.get(2).toFloats()).containsOnly(2);
      }
    }
  }

  @Test
  void aTensorOfAnotherDeviceIsRefused() {
    try (Device device = open();
        Device other = Device.open("cpu:scalar");
        Scope all = device.scope();
        Recording recording = device.record(in -> List.of(in.get(0).relu()))) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> recording.run(Tensor.ones(other, 2)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContainingAll("input 0", "cpu:scalar", device.info().id());
        recording.run(Tensor.ones(device, 2));
      }
    }
  }

  /** Labels to be ignored are out of range, and so not known to be right without a look. */
  @Test
  void labelsMayBeOnesToBeIgnored() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor logits = Tensor.of(device, new Generator(1).normal(3 * 4, 0, 1), 3, 4);
      Recording.Step step = in -> List.of(Losses.crossEntropy(logits, in.get(0)));
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 4; i++) {
          Tensor target = Tensor.of(device, new int[] {i, -100, 1}, 3);
          float eager = step.take(List.of(target)).get(0).item();
          assertThat(recording.run(target).get(0).item()).isEqualTo(eager);
        }
      }
    }
  }

  @Test
  void labelsMayHaveBeenComputedBefore() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module rows = new Embedding(5, 3).to(device);
      try (Recording recording = device.record(in -> List.of(rows.forward(in.get(0))))) {
        for (int i = 0; i < 4; i++) {
          Tensor computed =
              Concat.apply(
                  List.of(Tensor.of(device, new int[] {i}, 1), Tensor.of(device, new int[] {4}, 1)),
                  0);
          assertThat(recording.run(computed).get(0).toFloats())
              .isEqualTo(rows.forward(computed).toFloats());
        }
      }
    }
  }

  /** Letters to read and letters to say, out of one input: only what is looked up by is checked. */
  @Test
  void labelsMayBePartsOfAnInput() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module letters = new Embedding(CLASSES, CLASSES).to(device, new Generator(2));
      Recording.Step step =
          in -> {
            Tensor text = in.get(0);
            Tensor read = letters.forward(text.slice(1, 0, 3).transpose(0, 1).reshape(6));
            Tensor said = text.slice(1, 2, 5).transpose(0, 1).reshape(6);
            Tensor last = letters.forward(text.reshape(10).slice(0, 7, 8));
            return List.of(Losses.crossEntropy(read, said), last);
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 4; i++) {
          Tensor text = Tensor.of(device, new int[] {i, 1, 2, -100, i, 4, i, 0, 1, -100}, 2, 5);
          List<Tensor> eager = step.take(List.of(text));
          List<Tensor> recorded = recording.run(text);
          assertThat(recorded.get(0).item()).isEqualTo(eager.get(0).item());
          assertThat(recorded.get(1).toFloats()).isEqualTo(eager.get(1).toFloats());
        }
        Tensor wrong = Tensor.of(device, new int[] {0, 1, 2, -100, 0, 4, -100, 0, 1, 0}, 2, 5);
        assertThatThrownBy(() -> recording.run(wrong))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContainingAll("input 0", "-100 at position 6", "0 to 4");
      }
    }
  }

  @Test
  void theLargestOfARowMayBeLookedUpBy() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module letters = new Embedding(CLASSES, 2).to(device, new Generator(2));
      Recording.Step step = in -> List.of(letters.forward(in.get(0).argmax(1)));
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 4; i++) {
          Tensor x = Tensor.of(device, new Generator(i).normal(3 * CLASSES, 0, 1), 3, CLASSES);
          assertThat(recording.run(x).get(0).toFloats())
              .isEqualTo(step.take(List.of(x)).get(0).toFloats());
        }
      }
    }
  }

  @Test
  void theOneWhoLooksUpByWhatIsNotKnownIsTold() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module rows = new Embedding(5, 3).to(device);
      Tensor one = Tensor.of(device, new int[] {1}, 1);
      Recording.Step step = in -> List.of(rows.forward(Concat.apply(List.of(one, in.get(0)), 0)));
      try (Recording recording = device.record(step)) {
        recording.run(one);
        assertThatThrownBy(() -> recording.run(one))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll("cannot be recorded", "looks something up", "as an input");
      }
    }
  }

  /** A step of {@code w · w}, of which the optimizer may be a part or not. */
  private static Recording.Step squares(Tensor w, Optimizer optimizer, boolean whole) {
    return in -> {
      Tensor loss = w.mul(w).sum();
      if (whole) {
        optimizer.zeroGrad();
      }
      loss.backward();
      if (whole) {
        optimizer.step();
      }
      return List.of(loss);
    };
  }

  private static Recording.Step triples(Tensor w, Optimizer optimizer) {
    return in -> {
      Tensor loss = w.mul(3).sum();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return List.of(loss);
    };
  }

  /** The gradient and the parameter after each of some steps. */
  private static List<float[]> walk(Device device, boolean recorded, Walk walk) {
    List<float[]> seen = new ArrayList<>();
    try (Scope all = device.scope()) {
      Tensor w = Tensor.of(device, new float[] {1, -2, 3}, 3).requiresGrad(true);
      Optimizer optimizer = new Adam(List.of(w), 0.1);
      List<Recording.Step> steps = walk.steps(w, optimizer);
      List<Recording> recordings = steps.stream().map(device::record).toList();
      for (int i = 0; i < 10; i++) {
        try (Scope scope = device.scope()) {
          int number = i;
          walk.take(
              i,
              optimizer,
              which -> {
                if (recorded && !walk.eagerly(number)) {
                  recordings.get(which).run();
                } else {
                  steps.get(which).take(List.of());
                }
              });
        }
        seen.add(w.grad() == null ? new float[0] : w.grad().toFloats());
        seen.add(w.toFloats());
      }
    }
    return seen;
  }

  /** Steps that share a parameter, and in which order they are taken. */
  private interface Walk {
    List<Recording.Step> steps(Tensor w, Optimizer optimizer);

    void take(int number, Optimizer optimizer, IntConsumer step);

    default boolean eagerly(int number) {
      return false;
    }
  }

  private void walksLikeAnEagerOne(Walk walk) {
    try (Device device = open()) {
      assertThat(walk(device, true, walk))
          .usingRecursiveComparison()
          .isEqualTo(walk(device, false, walk));
      assertThat(device.memory().used()).isZero();
    }
  }

  @Test
  void gradientsAreThoseOfTheRecordingThatRanLast() {
    walksLikeAnEagerOne(
        new Walk() {
          @Override
          public List<Recording.Step> steps(Tensor w, Optimizer optimizer) {
            return List.of(squares(w, optimizer, true), triples(w, optimizer));
          }

          @Override
          public void take(int number, Optimizer optimizer, IntConsumer step) {
            step.accept(number / 2 % 2);
          }
        });
  }

  @Test
  void recordedAndEagerStepsTakeTurns() {
    walksLikeAnEagerOne(
        new Walk() {
          @Override
          public List<Recording.Step> steps(Tensor w, Optimizer optimizer) {
            return List.of(squares(w, optimizer, true), triples(w, optimizer));
          }

          @Override
          public void take(int number, Optimizer optimizer, IntConsumer step) {
            step.accept(number % 2);
          }

          @Override
          public boolean eagerly(int number) {
            return number % 3 == 2;
          }
        });
  }

  /** PyTorch's habit for graphs: the optimizer is not captured. */
  @Test
  void theOptimizerMayStepOutside() {
    walksLikeAnEagerOne(
        new Walk() {
          @Override
          public List<Recording.Step> steps(Tensor w, Optimizer optimizer) {
            return List.of(squares(w, optimizer, false));
          }

          @Override
          public void take(int number, Optimizer optimizer, IntConsumer step) {
            optimizer.zeroGrad();
            step.accept(0);
            optimizer.step();
          }
        });
  }

  @Test
  void aStepMayFreeItsGradientsAtItsEnd() {
    walksLikeAnEagerOne(
        new Walk() {
          @Override
          public List<Recording.Step> steps(Tensor w, Optimizer optimizer) {
            Recording.Step inner = squares(w, optimizer, false);
            return List.of(
                in -> {
                  List<Tensor> loss = inner.take(in);
                  optimizer.step();
                  optimizer.zeroGrad();
                  return loss;
                });
          }

          @Override
          public void take(int number, Optimizer optimizer, IntConsumer step) {
            step.accept(0);
          }
        });
  }

  @Test
  void whatWouldAddToAGradientLaterIsTold() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      Optimizer sgd = new Sgd(List.of(w), 0.1);
      try (Recording recording = device.record(squares(w, sgd, false))) {
        for (int i = 0; i < 4; i++) {
          sgd.zeroGrad();
          recording.run();
        }
        assertThatThrownBy(recording::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll("had no gradient", "zeroGrad()");
        sgd.zeroGrad();
        recording.run();
        assertThat(w.grad().toFloats()).containsOnly(2);
      }
      assertThat(w.grad().toFloats()).containsOnly(2);
    }
  }

  @Test
  void whoseGradientsComeFromOutsideIsTold() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      Optimizer sgd = new Sgd(List.of(w), 0.1);
      Recording.Step step =
          in -> {
            sgd.step();
            return List.of();
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 3; i++) {
          w.clearGrad();
          w.mul(w).sum().backward();
          if (i < 2) {
            recording.run();
          } else {
            assertThatThrownBy(recording::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("gradient", "from outside", "backward()");
          }
        }
      }
    }
  }

  @Test
  void inputsMayWantGradients() {
    try (Device device = open();
        Scope all = device.scope()) {
      Recording.Step step =
          in -> {
            Tensor x = in.get(0);
            x.mul(x).sum().backward();
            return List.of(x.grad());
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 5; i++) {
          Tensor x = Tensor.full(device, i, 2).requiresGrad(true);
          assertThat(recording.run(x).get(0).toFloats()).containsOnly(2 * i);
        }
      }
    }
  }

  @Test
  void aRefusedStepLeavesNoGradients() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      Optimizer sgd = new Sgd(List.of(w), 0.1);
      Recording.Step step = squares(w, sgd, true);
      try (Recording recording =
          device.record(in -> List.of(Tensor.full(device, step.take(in).get(0).item())))) {
        recording.run();
        assertThatThrownBy(recording::run).hasMessageContaining("reads values back");
        assertThat(w.grad()).isNull();
      }
    }
  }

  @Test
  void integersMayBeCarriedFromRunToRun() {
    try (Device device = open();
        Scope all = device.scope()) {
      Module scores = new Embedding(CLASSES, CLASSES).to(device, new Generator(2));
      Recording.Step step = in -> List.of(scores.forward(in.get(0)).argmax(1));
      try (Recording recording = device.record(step)) {
        Tensor eager = Tensor.of(device, new int[] {0, 1, 2, 3, 4}, 5);
        Tensor recorded = eager;
        for (int i = 0; i < 4; i++) {
          eager = step.take(List.of(eager)).get(0);
          recorded = recording.run(recorded).get(0);
          assertThat(recorded.toInts()).isEqualTo(eager.toInts());
        }
      }
    }
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

  /** A change of options after four steps. */
  private enum Change {
    ADAM(w -> new Adam(w, 0.1), o -> ((Adam) o).betas(0.5, 0.9).eps(0.01).weightDecay(0.3)),
    ADAMW(w -> new AdamW(w, 0.1), o -> ((AdamW) o).weightDecay(0.3)),
    SGD(
        w -> new Sgd(w, 0.1).momentum(0.9).dampening(0.5),
        o -> ((Sgd) o).momentum(0.5).dampening(0.1).weightDecay(0.2)),
    BEGUN_ANEW(
        w -> new Sgd(w, 0.1).momentum(0.9).dampening(0.5),
        o -> o.load(new Sgd(List.of(o.groups().get(0).parameters().get(0)), 0.2).stateDict())),
    RMSPROP(
        w -> new RmsProp(w, 0.1).momentum(0.9),
        o -> ((RmsProp) o).momentum(0.3).alpha(0.5).eps(1e-3));

    final Function<List<Tensor>, Optimizer> make;
    final Consumer<Optimizer> change;

    Change(Function<List<Tensor>, Optimizer> make, Consumer<Optimizer> change) {
      this.make = make;
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void optionsMayChangeBetweenRuns(Change change) {
    try (Device device = open()) {
      assertThat(changing(device, change, true)).isEqualTo(changing(device, change, false));
    }
  }

  private static float[] changing(Device device, Change change, boolean recorded) {
    try (Scope all = device.scope()) {
      Tensor w = Tensor.of(device, new float[] {1, -2, 3}, 3).requiresGrad(true);
      Optimizer optimizer = change.make.apply(List.of(w));
      Recording.Step step = squares(w, optimizer, true);
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 8; i++) {
          if (i == 4) {
            change.change.accept(optimizer);
          }
          try (Scope scope = device.scope()) {
            assertThat(recorded ? recording.run() : step.take(List.of())).hasSize(1);
          }
        }
        return w.toFloats();
      }
    }
  }

  private enum OtherWay {
    MOMENTUM(w -> new Sgd(w, 0.1), o -> ((Sgd) o).momentum(0.9)),
    NESTEROV(w -> new Sgd(w, 0.1).momentum(0.9), o -> ((Sgd) o).nesterov(true)),
    AMSGRAD(w -> new Adam(w, 0.1), o -> ((Adam) o).amsgrad(true)),
    CENTERED(w -> new RmsProp(w, 0.1), o -> ((RmsProp) o).centered(true));

    final Function<List<Tensor>, Optimizer> make;
    final Consumer<Optimizer> change;

    OtherWay(Function<List<Tensor>, Optimizer> make, Consumer<Optimizer> change) {
      this.make = make;
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource(OtherWay.class)
  void theOneWhoHasItComputeInAnotherWayIsTold(OtherWay way) {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      Optimizer optimizer = way.make.apply(List.of(w));
      try (Recording recording = device.record(squares(w, optimizer, true))) {
        for (int i = 0; i < 3; i++) {
          recording.run();
        }
        way.change.accept(optimizer);
        assertThatThrownBy(recording::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll(
                optimizer.getClass().getSimpleName(),
                way.name().toLowerCase(Locale.ROOT),
                "make another recording");
      }
    }
  }
}
