package dev.kiln.gpu.opencl;

import dev.kiln.Device;
import dev.kiln.cases.RecordingCases;

/** Recorded steps as lists of launches. */
class OpenClRecordingTest extends RecordingCases {
  @Override
  protected Device open() {
    return OpenCl.open();
  }
}
