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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jcuda.driver.CUdevice;

/** The CUDA devices in the driver's order, without those that Kiln's PTX is not for. */
public final class CudaProvider implements BackendProvider {
  /** What ptx.sh builds for: 7.5, Turing. */
  static final int OLDEST_CAPABILITY = 75;

  private static final String PREFIX = "cuda:";

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
      Map<String, String> tooOld = look(devices);
      return new DeviceSurvey(
          devices, devices.isEmpty() ? String.join("; ", tooOld.values()) : null);
    } catch (DeviceException e) {
      return new DeviceSurvey(List.of(), "the NVIDIA driver does not answer: " + e.getMessage());
    }
  }

  /**
   * @param devices gets those that Kiln can use
   * @return by their ids, what is wrong with the others
   */
  private static Map<String, String> look(List<DeviceInfo> devices) {
    Map<String, String> tooOld = new LinkedHashMap<>();
    for (int ordinal = 0; ordinal < CudaLibrary.deviceCount(); ordinal++) {
      DriverInfo info = describe(ordinal);
      String id = PREFIX + ordinal;
      String capability = "compute capability " + text(info.computeCapability());
      if (info.computeCapability() < OLDEST_CAPABILITY) {
        String needed = ", and Kiln needs " + text(OLDEST_CAPABILITY) + " or newer";
        tooOld.put(id, id + " (" + info.name() + ") has " + capability + needed);
      } else {
        String driver = info.version() + ", " + capability;
        devices.add(
            new DeviceInfo(id, info.name(), DeviceInfo.Kind.GPU, driver, info.memoryBytes()));
      }
    }
    return tooOld;
  }

  private static DriverInfo describe(int ordinal) {
    CUdevice device = new CUdevice();
    CudaCall.check(cuDeviceGet(device, ordinal), "cuDeviceGet " + ordinal);
    return CudaDriver.describe(device);
  }

  private static String text(int capability) {
    return capability / 10 + "." + capability % 10;
  }

  @Override
  public Backend open(String selector) {
    DeviceSurvey survey = survey();
    String asked = selector.isEmpty() ? "cuda" : PREFIX + selector;
    if (survey.problem() != null) {
      throw new DeviceException(asked + ": " + survey.problem());
    }
    List<String> ids = survey.devices().stream().map(DeviceInfo::id).toList();
    String id = selector.isEmpty() ? ids.get(0) : asked;
    if (!ids.contains(id)) {
      String tooOld = look(new ArrayList<>()).get(id);
      throw new DeviceException(
          (tooOld == null ? id + " is not there" : tooOld)
              + ". CUDA has "
              + survey.devices().stream()
                  .map(device -> device.id() + " (" + device.name() + ")")
                  .collect(Collectors.joining(", ")));
    }
    return GpuBackend.of(new CudaDriver(Integer.parseInt(id.substring(PREFIX.length()))));
  }
}
