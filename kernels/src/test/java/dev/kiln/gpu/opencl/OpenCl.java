package dev.kiln.gpu.opencl;

import dev.kiln.Device;
import dev.kiln.gpu.Requirement;

/** The OpenCL device that the tests run on. */
final class OpenCl {
  private OpenCl() {}

  /** Ends the test where there is no OpenCL. */
  static void require() {
    String problem = new OpenClProvider().survey().problem();
    if (problem != null) {
      throw Requirement.missing("opencl", problem);
    }
  }

  static Device open() {
    require();
    return Device.open("opencl");
  }

  static OpenClDriver driver(BinaryCache cache) {
    require();
    return new OpenClDriver(OpenClDevice.all().get(0), cache);
  }
}
