package dev.kiln.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Tensor;
import dev.kiln.io.HostTensor;
import dev.kiln.io.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Training that is interrupted, saved and gone on with is training that went through. */
class OptimizerStateTest {
  private final Device device = Device.open("cpu");

  @TempDir private Path folder;

  @AfterEach
  void close() {
    device.close();
  }

  private interface Maker extends Function<List<Tensor>, Optimizer> {}

  static Stream<Arguments> makers() {
    return Stream.<Named<Maker>>of(
            Named.of("sgd", p -> new Sgd(p, 0.1)),
            Named.of("momentum", p -> new Sgd(p, 0.1).momentum(0.9).dampening(0.5)),
            Named.of("adagrad", p -> new Adagrad(p, 0.1).initialAccumulator(0.5).lrDecay(0.1)),
            Named.of("adadelta", p -> new Adadelta(p, 1)),
            Named.of("rmsprop", p -> new RmsProp(p, 0.1)),
            Named.of("rmsprop with all", p -> new RmsProp(p, 0.1).centered(true).momentum(0.5)),
            Named.of("adam", p -> new Adam(p, 0.1)),
            Named.of("amsgrad", p -> new AdamW(p, 0.1).amsgrad(true)))
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("makers")
  void goesOnWithTheSameBits(Maker make) throws IOException {
    List<Tensor> through = parameters();
    Optimizer whole = make.apply(through);
    train(whole, through, 0, 6);

    List<Tensor> before = parameters();
    Optimizer first = make.apply(before);
    train(first, before, 0, 3);
    Path file = folder.resolve("optimizer.safetensors");
    Safetensors.write(file, first.stateDict());

    List<Tensor> after = before.stream().map(p -> HostTensor.of(p).to(device)).toList();
    after.forEach(p -> p.requiresGrad(true));
    Optimizer second = make.apply(after);
    second.load(Safetensors.read(file));
    train(second, after, 3, 6);
    for (int i = 0; i < through.size(); i++) {
      assertThat(after.get(i).toFloats()).isEqualTo(through.get(i).toFloats());
    }
  }

  private List<Tensor> parameters() {
    Generator numbers = new Generator(1);
    return List.of(
        Tensor.of(device, numbers.normal(6, 0, 1), 2, 3).requiresGrad(true),
        Tensor.of(device, numbers.normal(5, 0, 1), 5).requiresGrad(true));
  }

  /** The second parameter has a gradient in every other step. */
  private void train(Optimizer optimizer, List<Tensor> parameters, int from, int to) {
    for (int t = from; t < to; t++) {
      Generator numbers = new Generator(10 + t);
      optimizer.zeroGrad();
      for (int i = 0; i < (t % 2 == 0 ? 2 : 1); i++) {
        Tensor p = parameters.get(i);
        p.setGrad(Tensor.of(device, numbers.normal(p.size(), 0, 1), p.shape().toArray()));
      }
      optimizer.step();
    }
  }

  @Test
  void namesAreThoseOfPyTorch() {
    List<Tensor> parameters = parameters();
    Adam adam = new Adam(parameters.subList(0, 1), 0.1);
    adam.group(parameters.subList(1, 2)).lr(0.2).amsgrad(true);
    train(adam, parameters, 0, 2);
    Map<String, HostTensor> state = adam.stateDict();
    assertThat(state)
        .containsOnlyKeys(
            "param_groups.0.lr",
            "state.0.step",
            "state.0.exp_avg",
            "state.0.exp_avg_sq",
            "param_groups.1.lr",
            "state.1.step",
            "state.1.exp_avg",
            "state.1.exp_avg_sq",
            "state.1.max_exp_avg_sq");
    assertThat(get(state, "state.0.step").ints()).containsExactly(2);
    assertThat(get(state, "state.1.step").ints()).containsExactly(1);
    assertThat(get(state, "state.0.exp_avg").shape()).isEqualTo(parameters.get(0).shape());
  }

  private static HostTensor get(Map<String, HostTensor> state, String name) {
    return Objects.requireNonNull(state.get(name), name);
  }

  @Test
  void aLearningRateComesBackAsTheDecimalThatItWas() {
    List<Tensor> parameters = parameters();
    Sgd sgd = new Sgd(parameters, 0.1);
    Map<String, HostTensor> state = sgd.stateDict();
    sgd.lr(0.7);
    sgd.load(state);
    assertThat(sgd.groups().get(0).lr()).isEqualTo(0.1);
  }

  @Test
  void whatDoesNotFitIsNamedAndNothingIsChanged() {
    List<Tensor> parameters = parameters();
    Adam adam = new Adam(parameters, 0.1);
    train(adam, parameters, 0, 1);
    Map<String, HostTensor> before = adam.stateDict();
    Map<String, HostTensor> state = new LinkedHashMap<>(before);
    state.remove("state.0.exp_avg");
    state.put("state.1.exp_avg", HostTensor.of(new float[4], 4));
    state.put("state.1.step", HostTensor.of(new int[2], 2));
    state.put("state.2.exp_avg", HostTensor.of(new float[4], 4));
    state.put("param_groups.0.lr", HostTensor.of(new float[] {0.5f}));
    assertThatThrownBy(() -> adam.load(state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "missing state.0.exp_avg [2, 3]",
            "state.1.exp_avg is float32 [4] and should be float32 [5]",
            "state.1.step is [2] and should be one number",
            "unexpected state.2.exp_avg [4]");
    assertThat(adam.groups().get(0).lr()).isEqualTo(0.1);
    assertThat(get(adam.stateDict(), "state.1.exp_avg").floats())
        .isEqualTo(get(before, "state.1.exp_avg").floats());
  }
}
