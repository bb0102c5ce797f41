package dev.kiln.cpu;

import dev.kiln.Device;
import dev.kiln.cases.RecordingInputCases;

/** What recorded steps are given, on the CPU. */
class CpuRecordingInputsTest extends RecordingInputCases {
  @Override
  protected Device open() {
    return Device.open("cpu");
  }
}
