package dev.kiln.gpu.opencl;

import dev.kiln.DeviceException;
import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.DeviceInfo;
import dev.kiln.backend.DeviceSurvey;
import dev.kiln.gpu.GpuBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The OpenCL devices of every installed platform, GPUs first. */
public final class OpenClProvider implements BackendProvider {
  @Override
  public String api() {
    return "opencl";
  }

  @Override
  public DeviceSurvey survey() {
    String problem = OpenClLibrary.problem();
    if (problem != null) {
      return new DeviceSurvey(List.of(), problem);
    }
    try {
      List<OpenClDevice> devices = OpenClDevice.all();
      return devices.isEmpty()
          ? new DeviceSurvey(List.of(), whyEmpty())
          : new DeviceSurvey(describe(devices), null);
    } catch (DeviceException e) {
      return new DeviceSurvey(List.of(), "OpenCL does not answer: " + e.getMessage());
    }
  }

  private static String whyEmpty() {
    return OpenClDevice.platforms().isEmpty()
        ? "OpenCL is installed but has no platform (no driver registered in /etc/OpenCL/vendors)"
        : "OpenCL has a platform, but no device that is available and has a compiler";
  }

  private static List<DeviceInfo> describe(List<OpenClDevice> devices) {
    List<DeviceInfo> described = new ArrayList<>();
    for (OpenClDevice device : devices) {
      described.add(device.describe(described.size()));
    }
    return described;
  }

  @Override
  public Backend open(String selector) {
    DeviceSurvey survey = survey();
    if (survey.problem() != null) {
      throw new DeviceException(
          "opencl" + (selector.isEmpty() ? "" : ":" + selector) + ": " + survey.problem());
    }
    List<OpenClDevice> devices = OpenClDevice.all();
    int index = index(selector, devices.size());
    if (index < 0) {
      throw new DeviceException(
          "opencl:" + selector + " is not there. OpenCL has " + list(survey.devices()));
    }
    return GpuBackend.of(new OpenClDriver(devices.get(index), BinaryCache.ofUser()));
  }

  /** Below 0 where {@code selector} is not the number of a device. */
  private static int index(String selector, int count) {
    if (selector.isEmpty()) {
      return 0;
    }
    if (!selector.matches("\\d{1,4}")) {
      return -1;
    }
    int index = Integer.parseInt(selector);
    return index < count ? index : -1;
  }

  private static String list(List<DeviceInfo> devices) {
    return devices.stream()
        .map(device -> device.id() + " (" + device.name() + ")")
        .collect(Collectors.joining(", "));
  }
}
