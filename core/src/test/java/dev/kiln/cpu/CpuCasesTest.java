package dev.kiln.cpu;

import dev.kiln.Device;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.Cases;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case on the CPU, with the Vector API and with plain loops. */
class CpuCasesTest {
  private static final Device VECTOR = Device.open("cpu:vector");
  private static final Device SCALAR = Device.open("cpu:scalar");

  @AfterAll
  static void close() {
    VECTOR.close();
    SCALAR.close();
  }

  @TestFactory
  Stream<DynamicTest> vector() {
    return on(VECTOR);
  }

  @TestFactory
  Stream<DynamicTest> scalar() {
    return on(SCALAR);
  }

  private static Stream<DynamicTest> on(Device device) {
    CaseCheck check = new CaseCheck(device);
    return Cases.all()
        .map(opCase -> DynamicTest.dynamicTest(opCase.toString(), () -> check.check(opCase)));
  }
}
