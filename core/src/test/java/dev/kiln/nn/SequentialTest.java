package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers with a function behind them are one call, which nobody sees but the clock. */
class SequentialTest {
  private static final Device DEVICE = Device.open("cpu");

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  /** The same layers, but nothing of them knows what follows it. */
  private static final class OneByOne extends Module {
    private final List<Module> layers;

    OneByOne(Sequential net, List<Module> layers) {
      child("net", net);
      this.layers = layers;
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor y = x;
      for (Module layer : layers) {
        y = layer.forward(y);
      }
      return y;
    }
  }

  private record Case(String name, int[] input, List<Module> layers) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("linear, relu", new int[] {33, 65}, List.of(new Linear(65, 130), new ReLU())),
        new Case(
            "mlp",
            new int[] {64, 784},
            List.of(new Linear(784, 256), new ReLU(), new Linear(256, 10))),
        new Case("gelu", new int[] {31, 17}, List.of(new Linear(17, 67), new GELU())),
        new Case("one row", new int[] {1, 300}, List.of(new Linear(300, 129), new GELU(true))),
        new Case(
            "cnn",
            new int[] {3, 1, 28, 28},
            List.of(
                new Conv2d(1, 16, 3).padding(1),
                new ReLU(),
                new MaxPool2d(2),
                new Conv2d(16, 24, 3).padding(1),
                new ReLU(),
                new Conv2d(24, 24, 3).groups(24),
                new ReLU(),
                new Conv2d(24, 7, 1),
                new GELU())),
        new Case(
            "relu first and last",
            new int[] {5, 9},
            List.of(new ReLU(), new Linear(9, 7), new ReLU(), new ReLU(), new Linear(7, 3))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndGradientsAreThoseOfTheLayersOneByOne(Case layers) {
    try (Scope scope = DEVICE.scope()) {
      Sequential net = Sequential.of(layers.layers());
      OneByOne apart = new OneByOne(net, layers.layers());
      apart.to(DEVICE, new Generator(3));
      Tensor x = random(layers.input()).requiresGrad(true);
      assertThat(results(net, x)).isDeepEqualTo(results(apart, x));
      try (Tape.Pause pause = Tape.pause()) {
        assertThat(net.forward(x).toFloats()).containsExactly(apart.forward(x).toFloats());
      }
    }
  }

  private static float[][] results(Module net, Tensor x) {
    List<float[]> results = new ArrayList<>();
    x.clearGrad();
    net.parameters().forEach(Tensor::clearGrad);
    Tensor y = net.forward(x);
    results.add(y.toFloats());
    y.mul(y).sum().backward();
    results.add(gradient(x));
    net.parameters().forEach(parameter -> results.add(gradient(parameter)));
    return results.toArray(new float[0][]);
  }

  @Test
  void whatALayerGivesToItsFunctionIsNowhere() {
    try (Scope scope = DEVICE.scope()) {
      Module net = Sequential.of(new Linear(100, 1000), new ReLU()).to(DEVICE);
      Tensor x = random(300, 100);
      net.forward(x).close();
      long before = DEVICE.memory().used();
      Tensor y = net.forward(x);
      assertThat(DEVICE.memory().used() - before).isLessThan(2L * y.size() * Float.BYTES);
    }
  }

  private static float[] gradient(Tensor leaf) {
    return Objects.requireNonNull(leaf.grad()).toFloats();
  }

  private static Tensor random(int... shape) {
    float[] values = new float[Shape.of(shape).size()];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return Tensor.of(DEVICE, values, shape);
  }
}
