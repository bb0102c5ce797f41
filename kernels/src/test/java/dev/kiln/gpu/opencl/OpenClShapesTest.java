package dev.kiln.gpu.opencl;

import dev.kiln.Device;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.OpCase;
import dev.kiln.cases.ShapeProperties;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** Random shapes through OpenCL. */
class OpenClShapesTest extends ShapeProperties {
  private static @Nullable Device device;

  @AfterContainer
  static void close() {
    if (device != null) {
      device.close();
    }
  }

  @Override
  protected void check(OpCase opCase) {
    if (device == null) {
      device = OpenCl.open();
    }
    new CaseCheck(device).check(opCase);
  }
}
