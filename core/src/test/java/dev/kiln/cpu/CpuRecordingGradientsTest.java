package dev.kiln.cpu;

import dev.kiln.Device;
import dev.kiln.cases.RecordingGradientCases;

/** Gradients of recorded steps, on the CPU. */
class CpuRecordingGradientsTest extends RecordingGradientCases {
  @Override
  protected Device open() {
    return Device.open("cpu");
  }
}
