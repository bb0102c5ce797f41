package dev.kiln.gpu.cuda;

import dev.kiln.Device;
import dev.kiln.cases.RecordingGradientCases;
import org.junit.jupiter.api.AfterAll;

/** Gradients of recorded steps, as CUDA graphs, on the mock driver. */
class CudaRecordingGradientsTest extends RecordingGradientCases {
  @AfterAll
  static void reset() {
    MockCuda.reset();
  }

  @Override
  protected Device open() {
    return MockCuda.open();
  }
}
