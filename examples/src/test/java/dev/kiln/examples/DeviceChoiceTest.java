package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.DeviceInfo;
import dev.kiln.backend.DeviceInfo.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceChoiceTest {
  private static final String NO_CUDA = "cuda: no NVIDIA driver is installed";
  private static final DeviceInfo CUDA = device("cuda:0", Kind.GPU);
  private static final DeviceInfo OPENCL = device("opencl:0", Kind.GPU);
  private static final DeviceInfo POCL = device("opencl:1", Kind.CPU);
  private static final DeviceInfo CPU = device("cpu", Kind.CPU);

  @Test
  void cudaNeedsNoExcuse() {
    assertThat(DeviceChoice.reason(CUDA, List.of(CUDA, OPENCL, CPU), List.of()))
        .isEqualTo("the first CUDA device");
  }

  @Test
  void anOpenClGpuIsTakenForWantOfCuda() {
    assertThat(DeviceChoice.reason(OPENCL, List.of(OPENCL, CPU), List.of(NO_CUDA)))
        .isEqualTo("the first OpenCL GPU (cuda: no NVIDIA driver is installed)");
  }

  @Test
  void theCpuIsTakenForWantOfAnyGpu() {
    assertThat(DeviceChoice.reason(CPU, List.of(POCL, CPU), List.of(NO_CUDA)))
        .isEqualTo(
            "there is no usable GPU (cuda: no NVIDIA driver is installed; opencl:1 is no GPU and is"
                + " taken only when asked for)");
  }

  @Test
  void whatIsNoDeviceIsAnsweredWithTheApisThatThereAre() {
    assertThatThrownBy(() -> DeviceChoice.of("gpu"))
        .hasMessage(
            "Device.open: \"gpu\" is of no known API: it begins with one of cuda, opencl, cpu");
  }

  private static DeviceInfo device(String id, Kind kind) {
    return new DeviceInfo(id, "a device", kind, "a driver", 1 << 30);
  }
}
