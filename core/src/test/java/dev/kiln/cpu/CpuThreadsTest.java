package dev.kiln.cpu;

import dev.kiln.Device;
import dev.kiln.cases.ThreadCases;

/** Threads on the CPU backend. */
class CpuThreadsTest extends ThreadCases {
  @Override
  protected Device open() {
    return Device.open("cpu");
  }
}
