package dev.kiln.gpu.opencl;

import dev.kiln.Device;
import dev.kiln.cases.RecordingInputCases;

/** What recorded steps are given, as lists of launches. */
class OpenClRecordingInputsTest extends RecordingInputCases {
  @Override
  protected Device open() {
    return OpenCl.open();
  }
}
