package dev.kiln.examples;

import dev.kiln.Device;
import dev.kiln.gpu.Requirement;
import dev.kiln.gpu.cuda.MockCuda;

/** The devices that tests run on: what is absent is skipped aloud. */
public final class Devices {
  private Devices() {}

  /**
   * @param id {@code cuda:0} means the mock driver's
   */
  public static Device open(String id) {
    if (id.startsWith("cuda")) {
      MockCuda.install();
    }
    boolean listed = Device.list().stream().anyMatch(device -> device.id().equals(id));
    if (id.startsWith("opencl") && !listed) {
      throw Requirement.missing("opencl", String.join("; ", Device.problems()));
    }
    return Device.open(id);
  }
}
