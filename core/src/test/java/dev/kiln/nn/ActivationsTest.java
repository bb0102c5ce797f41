package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Tensor;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that are a function of each element. */
class ActivationsTest {
  private static final Device DEVICE = Device.open("cpu");

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static Arguments layer(Module layer, String name, UnaryOperator<Tensor> function) {
    return Arguments.of(layer, name, function);
  }

  static Stream<Arguments> layers() {
    return Stream.of(
        layer(new LeakyReLU(), "LeakyReLU(0.01)", x -> x.leakyRelu(0.01f)),
        layer(new LeakyReLU(0.2f), "LeakyReLU(0.2)", x -> x.leakyRelu(0.2f)),
        layer(new ELU(), "ELU(1.0)", x -> x.elu(1)),
        layer(new GELU(), "GELU", Tensor::gelu),
        layer(new GELU(true), "GELU(tanh)", Tensor::geluTanh),
        layer(new Softplus(), "Softplus(beta 1.0, threshold 20.0)", Tensor::softplus),
        layer(new SiLU(), "SiLU", Tensor::silu),
        layer(new ReLU6(), "ReLU6", Tensor::relu6),
        layer(new Hardtanh(), "Hardtanh", Tensor::hardTanh),
        layer(new Hardsigmoid(), "Hardsigmoid", Tensor::hardSigmoid),
        layer(new Hardswish(), "Hardswish", Tensor::hardSwish),
        layer(new Identity(), "Identity", x -> x));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void eachComputesItsFunctionAndSaysWhatItIs(
      Module layer, String name, UnaryOperator<Tensor> function) {
    try (Tensor x = Tensor.of(DEVICE, new float[] {-4, -0.5f, 0, 0.5f, 7}, 5)) {
      assertThat(layer.forward(x).toFloats()).containsExactly(function.apply(x).toFloats());
      assertThat(layer).hasToString(name);
    }
  }

  @Test
  void softplusWantsABetaAboveZero() {
    assertThatThrownBy(() -> new Softplus(0, 20)).hasMessage("Softplus: beta is above 0, not 0.0");
  }
}
