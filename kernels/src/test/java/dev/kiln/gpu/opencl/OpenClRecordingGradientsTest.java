package dev.kiln.gpu.opencl;

import dev.kiln.Device;
import dev.kiln.cases.RecordingGradientCases;

/** Gradients of recorded steps, as lists of launches. */
class OpenClRecordingGradientsTest extends RecordingGradientCases {
  @Override
  protected Device open() {
    return OpenCl.open();
  }
}
