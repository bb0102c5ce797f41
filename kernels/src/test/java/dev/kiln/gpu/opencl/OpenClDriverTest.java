package dev.kiln.gpu.opencl;

import dev.kiln.gpu.DriverContract;
import dev.kiln.gpu.driver.Driver;

class OpenClDriverTest extends DriverContract {
  @Override
  protected Driver open() {
    return OpenCl.driver(BinaryCache.ofUser());
  }
}
