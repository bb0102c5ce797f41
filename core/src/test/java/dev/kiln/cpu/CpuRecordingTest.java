package dev.kiln.cpu;

import dev.kiln.Device;
import dev.kiln.cases.RecordingCases;

/** Recorded steps on the CPU. */
class CpuRecordingTest extends RecordingCases {
  @Override
  protected Device open() {
    return Device.open("cpu");
  }
}
