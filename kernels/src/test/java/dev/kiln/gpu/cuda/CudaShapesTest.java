package dev.kiln.gpu.cuda;

import dev.kiln.Device;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.OpCase;
import dev.kiln.cases.ShapeProperties;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** Random shapes on the mock CUDA driver, its threads in random order. */
class CudaShapesTest extends ShapeProperties {
  private static final String CACHE = "kiln.memory.cache";

  private static @Nullable Device device;

  @AfterContainer
  static void close() {
    MockCuda.reset();
    if (device != null) {
      device.close();
    }
  }

  @Override
  protected void check(OpCase opCase) {
    if (device == null) {
      device = open();
      MockCuda.order(MockCuda.Order.RANDOM);
    }
    new CaseCheck(device).check(opCase);
  }

  /** Every buffer with its own bounds and its own NaNs. */
  private static Device open() {
    MockCuda.install();
    System.setProperty(CACHE, "off");
    try {
      return Device.open("cuda");
    } finally {
      System.clearProperty(CACHE);
    }
  }
}
