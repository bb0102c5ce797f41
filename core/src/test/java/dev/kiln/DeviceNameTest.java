package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceNameTest {
  @Test
  void theProcessorHasANumberAsOthersHave() {
    try (Device device = Device.open("cpu:0")) {
      assertThat(device.info().id()).isEqualTo("cpu:0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu:", "cpu:00", "cpu:1", "cpu:-1", "cpu:99999999999", "cpu: scalar"})
  void whatIsNoNameOfTheProcessorIsRefusedWithThoseThatAre(String id) {
    assertThatThrownBy(() -> Device.open(id))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining('"' + id + '"')
        .hasMessageEndingWith("there are cpu, cpu:vector and cpu:scalar");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "CPU", " cpu", "cpu "})
  void anApiIsWrittenAsItIsListed(String id) {
    assertThatThrownBy(() -> Device.open(id))
        .isInstanceOf(DeviceException.class)
        .hasMessageStartingWith("Device.open: \"" + id + "\" is of no known API");
  }
}
