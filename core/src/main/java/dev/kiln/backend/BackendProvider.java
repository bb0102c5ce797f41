package dev.kiln.backend;

import java.util.List;

/** Finds and opens the devices of one API; loaded with {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** The first part of a device id: {@code cpu}, {@code opencl}, {@code cuda}. */
  String api();

  /** Looks for devices. Never throws: what is wrong goes into the answer. */
  DeviceSurvey survey();

  /**
   * @param selector the second part of a device id, empty for the first device
   * @throws dev.kiln.DeviceException if there is no such device: what was looked for, what is there
   */
  Backend open(String selector);

  /**
   * What {@link #open} opens.
   *
   * @param selector one that {@link #open} takes
   */
  default DeviceInfo describe(String selector) {
    String id = api() + ":" + (selector.isEmpty() ? "0" : selector);
    List<DeviceInfo> devices = survey().devices();
    return devices.stream().filter(info -> info.id().equals(id)).findFirst().orElse(devices.get(0));
  }
}
