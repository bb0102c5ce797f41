package dev.kiln.gpu.cuda;

import dev.kiln.Device;
import dev.kiln.cases.ThreadCases;
import org.junit.jupiter.api.AfterAll;

/** Threads that share a context and a stream, on the mock driver. */
class CudaThreadsTest extends ThreadCases {
  @AfterAll
  static void reset() {
    MockCuda.reset();
  }

  @Override
  protected Device open() {
    return MockCuda.open();
  }
}
