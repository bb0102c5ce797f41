package dev.kiln.gpu.cuda;

import dev.kiln.Device;
import dev.kiln.cases.RecordingInputCases;
import org.junit.jupiter.api.AfterAll;

/** What recorded steps are given, as CUDA graphs, on the mock driver. */
class CudaRecordingInputsTest extends RecordingInputCases {
  @AfterAll
  static void reset() {
    MockCuda.reset();
  }

  @Override
  protected Device open() {
    return MockCuda.open();
  }
}
