package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.GELU;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A layer that applies the function behind it takes no launch more, counted on the mock driver. */
class EndingLaunchesTest {
  @AfterAll
  static void reset() {
    MockCuda.reset();
  }

  /** A layer and its input, on kernels of every kind: tiles, none, k in parts, Winograd, taps. */
  private record Layer(Module module, int... input) {
    @Override
    public String toString() {
      return module.toString();
    }
  }

  static Stream<Layer> layers() {
    return Stream.of(
        new Layer(new Linear(64, 96), 64, 64),
        new Layer(new Linear(5, 3), 2, 5),
        new Layer(new Linear(2048, 8), 8, 2048),
        new Layer(new Conv2d(1, 4, 3), 2, 1, 9, 9),
        new Layer(new Conv2d(16, 16, 3).padding(1), 2, 16, 8, 8),
        new Layer(new Conv2d(8, 8, 3).groups(8), 2, 8, 6, 6),
        new Layer(new Conv2d(8, 12, 1), 2, 8, 6, 6));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aFunctionIsNoLaunch(Layer layer) {
    MockCuda.install();
    try (Device device = Device.open("cuda");
        Scope all = device.scope()) {
      Module relu = Sequential.of(layer.module(), new ReLU());
      Module gelu = Sequential.of(layer.module(), new GELU());
      layer.module().to(device, new Generator(1));
      Tensor x = Tensor.ones(device, layer.input());
      long alone = launches(layer.module(), x);

      assertThat(launches(relu, x)).isEqualTo(alone);
      assertThat(launches(gelu, x)).isEqualTo(alone + 1); // its slope wants what it is applied to
      try (Tape.Pause pause = Tape.pause()) {
        assertThat(launches(gelu, x)).isEqualTo(alone);
      }
    }
  }

  private static long launches(Module module, Tensor x) {
    module.forward(x);
    long before = MockCuda.submissions();
    module.forward(x);
    return MockCuda.submissions() - before;
  }
}
