package dev.kiln.cpu;

import dev.kiln.Device;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.OpCase;
import dev.kiln.cases.ShapeProperties;
import net.jqwik.api.lifecycle.AfterContainer;

/** Random shapes on the CPU with plain loops. */
class ScalarShapesTest extends ShapeProperties {
  private static final Device DEVICE = Device.open("cpu:scalar");

  @AfterContainer
  static void close() {
    DEVICE.close();
  }

  @Override
  protected void check(OpCase opCase) {
    new CaseCheck(DEVICE).check(opCase);
  }
}
