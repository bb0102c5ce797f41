package dev.kiln.gpu.cuda;

import dev.kiln.gpu.PreparedContract;
import dev.kiln.gpu.driver.Driver;
import org.junit.jupiter.api.AfterEach;

class CudaPreparedTest extends PreparedContract {
  @Override
  protected Driver open() {
    MockCuda.install();
    return new CudaDriver(0);
  }

  @AfterEach
  void resetMock() {
    MockCuda.reset();
  }
}
