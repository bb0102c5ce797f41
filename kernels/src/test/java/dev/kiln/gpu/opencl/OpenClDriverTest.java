package dev.kiln.gpu.opencl;

import dev.kiln.gpu.Driver;
import dev.kiln.gpu.DriverContract;

class OpenClDriverTest extends DriverContract {
  @Override
  protected Driver open() {
    return OpenCl.driver(BinaryCache.ofUser());
  }
}
