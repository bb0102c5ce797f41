package dev.kiln.gpu.opencl;

import dev.kiln.Device;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.Cases;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case through OpenCL: with the device's own kind of kernels, and with those for GPUs. */
class OpenClCasesTest {
  private static final String KERNELS = "kiln.gpu.kernels";

  private static @Nullable Device device;
  private static @Nullable Device likeGpu;

  @AfterAll
  static void close() {
    for (Device opened : new Device[] {device, likeGpu}) {
      if (opened != null) {
        opened.close();
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> asTheDeviceLikes() {
    device = OpenCl.open();
    return on(device);
  }

  @TestFactory
  Stream<DynamicTest> withTheKernelsForGpus() {
    System.setProperty(KERNELS, "gpu");
    try {
      likeGpu = OpenCl.open();
    } finally {
      System.clearProperty(KERNELS);
    }
    return on(likeGpu);
  }

  private static Stream<DynamicTest> on(Device device) {
    CaseCheck check = new CaseCheck(device);
    return Cases.all()
        .map(opCase -> DynamicTest.dynamicTest(opCase.toString(), () -> check.check(opCase)));
  }
}
