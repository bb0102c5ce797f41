package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import org.junit.jupiter.api.Test;

class LossLogTest {
  @Test
  void beforeALossHasBeenReadThereIsNothingToNote() {
    LossLog log = new LossLog();
    try (Device device = Device.open("cpu");
        Scope all = device.scope()) {
      try (Scope step = device.scope()) {
        log.add(step, Tensor.of(device, new float[] {0.25f}, 1));
      }
      assertThat(log.note("loss %.3f, ")).isEmpty();
      log.readAll();
    }
    assertThat(log.note("loss %.3f, ")).isEqualTo("loss 0.250, ");
  }
}
