package dev.kiln.gpu.opencl;

import dev.kiln.gpu.PreparedContract;
import dev.kiln.gpu.driver.Driver;

class OpenClPreparedTest extends PreparedContract {
  @Override
  protected Driver open() {
    return OpenCl.driver(BinaryCache.ofUser());
  }
}
