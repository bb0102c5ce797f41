package dev.kiln.gpu.opencl;

import dev.kiln.Device;
import dev.kiln.cases.ThreadCases;

/** Threads that share a context, a queue and its kernels. */
class OpenClThreadsTest extends ThreadCases {
  @Override
  protected Device open() {
    return OpenCl.open();
  }
}
