package dev.kiln.nn;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecurrentLayersTest {
  private final Device device = Device.open("cpu");
  private final Scope scope = device.scope();

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  private Tensor random(long seed, int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return Tensor.of(device, new Generator(seed).uniform(size, -1, 1), shape);
  }

  @Test
  void parametersHavePytorchsNamesAndShapesInItsOrder() {
    Module lstm = new Lstm(3, 5).layers(2).bidirectional().to(device);
    assertThat(lstm.namedParameters().keySet())
        .containsExactly(
            "weight_ih_l0",
            "weight_hh_l0",
            "bias_ih_l0",
            "bias_hh_l0",
            "weight_ih_l0_reverse",
            "weight_hh_l0_reverse",
            "bias_ih_l0_reverse",
            "bias_hh_l0_reverse",
            "weight_ih_l1",
            "weight_hh_l1",
            "bias_ih_l1",
            "bias_hh_l1",
            "weight_ih_l1_reverse",
            "weight_hh_l1_reverse",
            "bias_ih_l1_reverse",
            "bias_hh_l1_reverse");
    Map<String, Tensor> named = lstm.namedParameters();
    assertThat(requireNonNull(named.get("weight_ih_l0")).shape()).hasToString("[20, 3]");
    assertThat(requireNonNull(named.get("weight_ih_l1_reverse")).shape()).hasToString("[20, 10]");
    assertThat(requireNonNull(named.get("weight_hh_l1")).shape()).hasToString("[20, 5]");
    assertThat(requireNonNull(named.get("bias_hh_l1")).shape()).hasToString("[20]");
    assertThat(new Gru(3, 5).bias(false).to(device).namedParameters().keySet())
        .containsExactly("weight_ih_l0", "weight_hh_l0");
    assertThat(new GruCell(3, 5).to(device).namedParameters().keySet())
        .containsExactly("weight_ih", "weight_hh", "bias_ih", "bias_hh");
  }

  @Test
  void weightsBeginWithinOneOverTheRootOfHidden() {
    for (Tensor parameter : new Rnn(50, 100).to(device).parameters()) {
      float largest = 0;
      for (float value : parameter.toFloats()) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(largest).isBetween(0.08f, 0.1f);
    }
  }

  @Test
  void aStateCarriedOnMakesTwoRunsOneLongOne() {
    Lstm lstm = new Lstm(3, 4).layers(2);
    lstm.to(device);
    Tensor x = random(1, 7, 2, 3);
    Lstm.Result whole = lstm.run(x);
    Lstm.Result first = lstm.run(x.slice(0, 0, 4));
    Lstm.Result second = lstm.run(x.slice(0, 4, 7), first.h(), first.c());
    assertThat(second.output().toFloats()).isEqualTo(whole.output().slice(0, 4, 7).toFloats());
    assertThat(second.h().toFloats()).isEqualTo(whole.h().toFloats());
    assertThat(second.c().toFloats()).isEqualTo(whole.c().toFloats());
  }

  @Test
  void gradientsFlowThroughACarriedState() {
    Gru gru = new Gru(3, 4);
    gru.to(device);
    Tensor x = random(1, 6, 2, 3);
    gru.run(x).output().sum().backward();
    float[] whole = requireNonNull(gru.parameters().get(1).grad()).toFloats();
    gru.parameters().get(1).clearGrad();
    Gru.Result first = gru.run(x.slice(0, 0, 3));
    Gru.Result second = gru.run(x.slice(0, 3, 6), first.h());
    first.output().sum().add(second.output().sum()).backward();
    float[] cut = requireNonNull(gru.parameters().get(1).grad()).toFloats();
    for (int i = 0; i < whole.length; i++) {
      assertThat(cut[i]).isEqualTo(whole[i], org.assertj.core.api.Assertions.within(1e-5f));
    }
  }

  @Test
  void aLoopOfCellsIsTheLayer() {
    Lstm lstm = new Lstm(3, 4);
    lstm.to(device, new Generator(5));
    LstmCell cell = new LstmCell(3, 4);
    cell.to(device, new Generator(5));
    Tensor x = random(2, 5, 2, 3);
    LstmCell.Result state = cell.step(x.slice(0, 0, 1).reshape(2, 3), null, null);
    for (int t = 1; t < 5; t++) {
      state = cell.step(x.slice(0, t, t + 1).reshape(2, 3), state.h(), state.c());
    }
    Lstm.Result result = lstm.run(x);
    assertThat(state.h().toFloats()).isEqualTo(result.h().toFloats());
    assertThat(state.c().toFloats()).isEqualTo(result.c().toFloats());
  }

  @Test
  void paddingIsNeitherReadNorWritten() {
    Gru gru = new Gru(2, 3).bidirectional().batchFirst();
    gru.to(device);
    float[] padded = random(3, 2, 5, 2).toFloats();
    for (int i = 6; i < 10; i++) {
      padded[i] = Float.NaN; // sequence 0 has three steps
    }
    Tensor x = Tensor.of(device, padded, 2, 5, 2);
    Tensor lengths = Tensor.of(device, new int[] {3, 5}, 2);
    Gru.Result result = gru.run(x, null, lengths);
    float[] alone = gru.run(x.slice(0, 0, 1).slice(1, 0, 3)).output().toFloats();
    float[] output = result.output().toFloats();
    assertThat(Arrays.copyOfRange(output, 0, 18)).isEqualTo(alone);
    assertThat(Arrays.copyOfRange(output, 18, 30)).containsOnly(0);
    // the forward state is that after step 3, the backward one that after step 1
    float[] h = result.h().toFloats();
    assertThat(Arrays.copyOfRange(h, 0, 3)).isEqualTo(Arrays.copyOfRange(alone, 12, 15));
    assertThat(Arrays.copyOfRange(h, 6, 9)).isEqualTo(Arrays.copyOfRange(alone, 3, 6));
  }

  @Test
  void aSingleSequenceNeedsNoBatch() {
    Rnn rnn = new Rnn(2, 3).bidirectional();
    rnn.to(device);
    Tensor x = random(4, 5, 2);
    Rnn.Result single = rnn.run(x);
    Rnn.Result batch = rnn.run(x.reshape(5, 1, 2));
    assertThat(single.output().shape()).hasToString("[5, 6]");
    assertThat(single.h().shape()).hasToString("[2, 3]");
    assertThat(single.output().toFloats()).isEqualTo(batch.output().toFloats());
    assertThat(new GruCell(2, 3).to(device).forward(random(5, 2)).shape()).hasToString("[3]");
  }

  @Test
  void batchFirstIsTheSameInAnotherOrder() {
    Lstm lstm = new Lstm(2, 3);
    lstm.to(device);
    Tensor x = random(6, 5, 4, 2);
    Tensor output = lstm.run(x).output();
    Tensor other = lstm.batchFirst().run(x.transpose(0, 1)).output();
    assertThat(other.transpose(0, 1).toFloats()).isEqualTo(output.toFloats());
  }

  @Test
  void dropoutFallsBetweenLayersInTrainingOnly() {
    Rnn plain = new Rnn(3, 8).layers(2);
    plain.to(device, new Generator(1));
    Rnn rnn = new Rnn(3, 8).layers(2).dropout(0.5);
    rnn.to(device, new Generator(1));
    Tensor x = random(7, 4, 2, 3);
    float[] expected = plain.run(x).output().toFloats();
    float[] first = rnn.run(x).output().toFloats();
    assertThat(first).isNotEqualTo(expected).isNotEqualTo(rnn.run(x).output().toFloats());
    // nothing is dropped behind the last layer, nor from the first layer's state
    assertThat(first).doesNotContain(0);
    assertThat(Arrays.copyOf(rnn.run(x).h().toFloats(), 16))
        .isEqualTo(Arrays.copyOf(plain.run(x).h().toFloats(), 16));
    rnn.eval();
    assertThat(rnn.run(x).output().toFloats()).isEqualTo(expected);
    Rnn single = new Rnn(3, 8).dropout(0.5);
    single.to(device, new Generator(1));
    assertThat(single.run(x).output().toFloats()).doesNotContain(0);
  }

  @Test
  void gradientsPassTheDropoutOfTheForwardPass() {
    Rnn rnn = new Rnn(3, 4).layers(2).dropout(1).relu();
    rnn.to(device);
    Tensor x = random(8, 4, 2, 3).requiresGrad(true);
    rnn.run(x).output().sum().backward();
    // everything between the layers is dropped: the input does not matter
    assertThat(requireNonNull(x.grad()).toFloats()).containsOnly(0);
    assertThat(requireNonNull(rnn.parameters().get(5).grad()).toFloats()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void inferenceKeepsNothing(String kind) {
    RecurrentLayers<?> net =
        switch (kind) {
          case "rnn" -> new Rnn(16, 16).layers(2).bidirectional();
          case "lstm" -> new Lstm(16, 16).layers(2).bidirectional();
          default -> new Gru(16, 16).layers(2).bidirectional();
        };
    net.to(device);
    Tensor x = random(9, 50, 4, 16);
    long results = (50 * 4 * 32 + (kind.equals("lstm") ? 2 : 1) * 4 * 4 * 16) * 4L;
    long before = device.backend().memory().used();
    try (Scope inner = device.scope();
        Tape.Pause pause = Tape.pause()) {
      net.forward(x);
      assertThat(device.backend().memory().used() - before).isEqualTo(results);
    }
    try (Scope inner = device.scope()) {
      net.forward(x);
      assertThat(device.backend().memory().used() - before).isGreaterThan(2 * results);
    }
    assertThat(device.backend().memory().used()).isEqualTo(before);
  }

  @Test
  void theTwoFormsOfTheGruDiffer() {
    Gru after = new Gru(3, 4);
    after.to(device, new Generator(2));
    Gru before = new Gru(3, 4).resetFirst();
    before.to(device, new Generator(2));
    Tensor x = random(10, 5, 2, 3);
    assertThat(before.run(x).h().toFloats()).isNotEqualTo(after.run(x).h().toFloats());
  }

  @Test
  void optionsComeBeforeTheDevice() {
    Rnn rnn = new Rnn(3, 4);
    rnn.to(device);
    assertThatThrownBy(() -> rnn.layers(2)).hasMessageContaining("choose layers before to(device)");
    assertThatThrownBy(() -> new Rnn(0, 4)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> new Lstm(3, 4).layers(0)).hasMessageContaining("at least 1 layer");
    assertThatThrownBy(() -> new Gru(3, 4).dropout(2)).hasMessageContaining("from 0 to 1");
    assertThat(new Lstm(3, 4).layers(2).bidirectional().batchFirst().dropout(0.5).bias(false))
        .hasToString("Lstm(3, 4, layers 2, bidirectional, batch first, dropout 0.5, no bias)");
  }
}
