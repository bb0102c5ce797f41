package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.io.HostTensor;
import dev.kiln.io.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleTest {
  private final Device device = Device.open("cpu");
  private final Scope scope = device.scope();

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  /** A net as its users write them. */
  private static final class SmallNet extends Module {
    final Conv2d conv1 = child("conv1", new Conv2d(1, 2, 3).padding(1).bias(false));
    final BatchNorm2d bn1 = child("bn1", new BatchNorm2d(2));
    final Parameter gain = parameter("gain", Init.ones(), 1);
    final Linear fc = child("fc", new Linear(32, 3));

    @Override
    public Tensor forward(Tensor x) {
      return fc.forward(bn1.forward(conv1.forward(x)).relu().flatten(1)).mul(gain.tensor());
    }
  }

  private static Module net() {
    return Sequential.of(new Conv2d(1, 2, 3), new ReLU(), new Flatten(), new Linear(8, 3));
  }

  @Test
  void namesArePytorchs() {
    assertThat(net().to(device).stateDict().keySet())
        .containsExactly("0.weight", "0.bias", "3.weight", "3.bias");
    Module small = new SmallNet().to(device);
    assertThat(small.stateDict().keySet())
        .containsExactly(
            "gain",
            "conv1.weight",
            "bn1.weight",
            "bn1.bias",
            "bn1.running_mean",
            "bn1.running_var",
            "bn1.num_batches_tracked",
            "fc.weight",
            "fc.bias");
    assertThat(small.namedParameters().keySet())
        .containsExactly("gain", "conv1.weight", "bn1.weight", "bn1.bias", "fc.weight", "fc.bias");
    assertThat(small.parameters()).containsExactlyElementsOf(small.namedParameters().values());
    assertThat(small.parameters()).allMatch(Tensor::requiresGrad);
  }

  @Test
  void aSeedGivesTheSameWeightsAndAnotherSeedOthers() {
    float[] first = named(net().to(device, new Generator(5)).stateDict(), "0.weight").floats();
    float[] again = named(net().to(device, new Generator(5)).stateDict(), "0.weight").floats();
    float[] other = named(net().to(device, new Generator(6)).stateDict(), "0.weight").floats();
    float[] unseeded = named(net().to(device).stateDict(), "0.weight").floats();
    float[] zero = named(net().to(device, new Generator(0)).stateDict(), "0.weight").floats();
    assertThat(again).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
    assertThat(unseeded).isEqualTo(zero);
  }

  @Test
  void movingAgainKeepsTheWeights() {
    Module net = net().to(device, new Generator(5));
    Tensor weight = net.parameters().get(0);
    assertThat(net.to(device).parameters().get(0)).isSameAs(weight);
    float[] values = weight.toFloats();
    try (Device other = Device.open("cpu");
        Scope there = other.scope()) {
      Tensor moved = net.to(other).parameters().get(0);
      assertThat(moved.device()).isSameAs(other);
      assertThat(moved.toFloats()).isEqualTo(values);
      assertThat(moved.requiresGrad()).isTrue();
      assertThat(weight.isClosed()).isTrue();
    }
  }

  @Test
  void whatIsSavedIsLoadedInto(@TempDir Path folder) throws IOException {
    Module trained = new SmallNet().to(device, new Generator(1));
    Tensor x = Tensor.of(device, new Generator(9).normal(3 * 16, 0, 1), 3, 1, 4, 4);
    trained.forward(x);
    trained.forward(x);
    Path file = folder.resolve("net.safetensors");
    Safetensors.write(file, trained.stateDict());

    Module loaded = new SmallNet().to(device, new Generator(2));
    assertThat(loaded.eval().forward(x).toFloats())
        .isNotEqualTo(trained.eval().forward(x).toFloats());
    loaded.load(Safetensors.read(file));
    assertThat(loaded.forward(x).toFloats()).isEqualTo(trained.forward(x).toFloats());
    assertThat(named(loaded.stateDict(), "bn1.num_batches_tracked").ints()).containsExactly(2);
  }

  @Test
  void aStateIsACopy() {
    Module net = net().to(device);
    Map<String, HostTensor> state = net.stateDict();
    float[] before = named(state, "3.bias").floats().clone();
    net.parameters().get(3).write(new float[] {7, 8, 9});
    assertThat(named(state, "3.bias").floats()).isEqualTo(before);
    net.load(state);
    assertThat(net.parameters().get(3).toFloats()).isEqualTo(before);
  }

  @Test
  void aStateThatDoesNotFitIsNamedInFullAndChangesNothing() {
    Module net = net().to(device);
    float[] before = net.parameters().get(0).toFloats();
    Map<String, HostTensor> state = new LinkedHashMap<>(net.stateDict());
    state.put("0.weight", HostTensor.of(new float[18], 2, 1, 3, 3));
    state.remove("0.bias");
    state.put("3.weight", HostTensor.of(new float[10], 2, 5));
    state.put("4.weight", HostTensor.of(new float[1], 1));
    assertThatThrownBy(() -> net.load(state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "load: the state does not fit the module: missing 0.bias [2]; 3.weight is float32"
                + " [2, 5] and should be float32 [3, 8]; unexpected 4.weight [1]");
    assertThat(net.parameters().get(0).toFloats()).isEqualTo(before);
  }

  @Test
  void theCounterOfBatchNormMayBeMissing() {
    Module net = new SmallNet().to(device);
    Map<String, HostTensor> state = new LinkedHashMap<>(net.stateDict());
    state.remove("bn1.num_batches_tracked");
    net.load(state);
    state.put("bn1.num_batches_tracked", HostTensor.of(new float[1]));
    assertThatThrownBy(() -> net.load(state))
        .hasMessageContaining(
            "bn1.num_batches_tracked is HostTensor[] float32 and should be one int32");
  }

  @Test
  void aNetWithoutADeviceSaysSo() {
    assertThatThrownBy(() -> net().forward(Tensor.zeros(device, 1, 1, 4, 4)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Conv2d.weight: has no values yet; call to(device) on the whole net first");
    assertThatThrownBy(() -> new Dropout(0.5).forward(Tensor.zeros(device, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Dropout: has no generator; call to(device)");
  }

  @Test
  void optionsThatChangeParametersComeBeforeTheDevice() {
    Conv2d conv = new Conv2d(2, 2, 3);
    conv.to(device);
    assertThatThrownBy(() -> conv.groups(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Conv2d: choose groups before to(device)");
  }

  @Test
  void aNameIsDeclaredOnceAndHasNoDot() {
    assertThatThrownBy(
            () ->
                new Module() {
                  {
                    parameter("w", Init.zeros(), 1);
                    parameter("w", Init.zeros(), 1);
                  }

                  @Override
                  public Tensor forward(Tensor x) {
                    return x;
                  }
                })
        .hasMessageContaining("\"w\" is declared twice");
    assertThatThrownBy(
            () ->
                new Module() {
                  {
                    child("a.b", new ReLU());
                  }

                  @Override
                  public Tensor forward(Tensor x) {
                    return x;
                  }
                })
        .hasMessageContaining("\"a.b\" is no name");
  }

  @Test
  void aSharedModuleIsTrainedOnce() {
    Linear shared = new Linear(2, 2);
    Module net = Sequential.of(shared, new ReLU(), shared).to(device);
    assertThat(net.parameters()).hasSize(2);
    assertThat(net.stateDict().keySet())
        .containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
  }

  @Test
  void trainingIsOnUntilEvalAndReachesEveryChild() {
    Module inner = Sequential.of(new ReLU());
    Module net = Sequential.of(inner);
    assertThat(inner.isTraining()).isTrue();
    net.eval();
    assertThat(inner.isTraining()).isFalse();
    net.train();
    assertThat(inner.isTraining()).isTrue();
  }

  @Test
  void printsItsTree() {
    assertThat(Sequential.of(net(), new BatchNorm2d(3)))
        .hasToString(
            """
            Sequential(
              (0): Sequential(
                (0): Conv2d(1, 2, kernel 3x3)
                (1): ReLU
                (2): Flatten
                (3): Linear(8, 3)
              )
              (1): BatchNorm2d(3)
            )""");
  }

  private static HostTensor named(Map<String, HostTensor> state, String name) {
    return Objects.requireNonNull(state.get(name), name);
  }
}
