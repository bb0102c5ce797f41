package dev.kiln.examples;

import dev.kiln.Device;
import dev.kiln.gpu.Requirement;
import dev.kiln.gpu.cuda.MockCuda;

/** The devices that tests run on: what is absent is skipped aloud. */
public final class Devices {
  private Devices() {}

  /** Ends the test where there is no such device; {@code cuda} means the mock driver's. */
  public static void require(String id) {
    if (id.startsWith("cuda")) {
      MockCuda.install();
    }
    String api = id.replaceAll(":.*", "");
    if (Device.list().stream().noneMatch(device -> device.id().startsWith(api))) {
      throw Requirement.missing(api, String.join("; ", Device.problems()));
    }
  }

  /** Likewise, or the device, open. */
  public static Device open(String id) {
    require(id);
    return Device.open(id);
  }
}
