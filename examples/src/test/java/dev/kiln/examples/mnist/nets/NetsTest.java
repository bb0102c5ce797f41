package dev.kiln.examples.mnist.nets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.examples.Devices;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NetsTest {
  private static final Map<String, Supplier<Module>> NETS =
      Map.of(
          "inception", () -> new Inception(10),
          "inception-resnet", InceptionResNet::new,
          "densenet", DenseNet::new,
          "vgg", Vgg::new,
          "resnet", ResNet::new,
          "mobilenet", MobileNet::new,
          "squeezenet", SqueezeNet::new,
          "senet", SeNet::new);

  static Stream<Arguments> everywhere() {
    return NETS.entrySet().stream()
        .flatMap(
            net ->
                Stream.of("cpu", "opencl:0")
                    .map(id -> Arguments.of(net.getKey(), net.getValue(), id)));
  }

  /** If any layer were cut off from the loss, its parameters would stay without a gradient. */
  @ParameterizedTest
  @MethodSource("everywhere")
  void everyParameterGetsAGradientAndAFewStepsBringTheLossDown(
      String name, Supplier<Module> make, String id) {
    try (Device device = Devices.open(id);
        Scope all = device.scope()) {
      Module net = make.get().to(device, new Generator(3));
      Optimizer optimizer =
          new Adam(net.parameters(), name.equals("inception-resnet") ? 3e-4 : 2e-3);
      Tensor images = Tensor.of(device, new Generator(4).uniform(4 * 28 * 28, 0, 1), 4, 1, 28, 28);
      Tensor labels = Tensor.of(device, new int[] {3, 1, 4, 0}, 4);

      float first = Float.NaN;
      float last = Float.NaN;
      for (int step = 0; step < 4; step++) {
        try (Scope scope = device.scope()) {
          Tensor logits = net.forward(images);
          assertThat(logits.shape().toArray()).containsExactly(4, 10);
          Tensor loss = Losses.crossEntropy(logits, labels);
          optimizer.zeroGrad();
          loss.backward();
          optimizer.step();
          last = loss.item();
          first = step == 0 ? last : first;
        }
        net.namedParameters()
            .forEach((parameter, tensor) -> assertThat(tensor.grad()).as(parameter).isNotNull());
      }
      assertThat(last).isLessThan(first);
    }
  }
}
