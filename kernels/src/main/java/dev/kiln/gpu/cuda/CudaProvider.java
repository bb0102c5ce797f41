package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGet;

import dev.kiln.DeviceException;
import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.DeviceInfo;
import dev.kiln.backend.DeviceSurvey;
import dev.kiln.gpu.GpuBackend;
import dev.kiln.gpu.driver.DriverInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import jcuda.driver.CUdevice;

/** The CUDA devices in the driver's order. */
public final class CudaProvider implements BackendProvider {
  @Override
  public String api() {
    return "cuda";
  }

  @Override
  public DeviceSurvey survey() {
    String problem = CudaLibrary.problem();
    if (problem != null) {
      return new DeviceSurvey(List.of(), problem);
    }
    try {
      List<DeviceInfo> devices = new ArrayList<>();
      for (int ordinal = 0; ordinal < CudaLibrary.deviceCount(); ordinal++) {
        devices.add(describe(ordinal));
      }
      return new DeviceSurvey(devices, null);
    } catch (DeviceException e) {
      return new DeviceSurvey(List.of(), "the NVIDIA driver does not answer: " + e.getMessage());
    }
  }

  private static DeviceInfo describe(int ordinal) {
    CUdevice device = new CUdevice();
    CudaCall.check(cuDeviceGet(device, ordinal), "cuDeviceGet " + ordinal);
    DriverInfo info = CudaDriver.describe(device);
    String driver =
        info.version()
            + ", compute capability "
            + info.computeCapability() / 10
            + "."
            + info.computeCapability() % 10;
    return new DeviceInfo(
        "cuda:" + ordinal, info.name(), DeviceInfo.Kind.GPU, driver, info.memoryBytes());
  }

  @Override
  public Backend open(String selector) {
    DeviceSurvey survey = survey();
    String asked = selector.isEmpty() ? "cuda" : "cuda:" + selector;
    if (survey.problem() != null) {
      throw new DeviceException(asked + ": " + survey.problem());
    }
    List<String> ids = survey.devices().stream().map(DeviceInfo::id).toList();
    int ordinal = selector.isEmpty() ? 0 : ids.indexOf(asked);
    if (ordinal < 0) {
      throw new DeviceException(
          asked
              + " is not there. CUDA has "
              + survey.devices().stream()
                  .map(device -> device.id() + " (" + device.name() + ")")
                  .collect(Collectors.joining(", ")));
    }
    return GpuBackend.of(new CudaDriver(ordinal));
  }
}
