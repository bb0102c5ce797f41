package dev.kiln.gpu.cuda;

import dev.kiln.Device;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.Cases;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case on the mock CUDA driver, with the groups and threads of each launch forward, reversed
 * and at random: the same result every time, or a barrier is missing.
 */
class CudaCasesTest {
  private static final String CACHE = "kiln.memory.cache";

  private static @Nullable Device device;

  @BeforeAll
  static void open() {
    MockCuda.install();
    // Every buffer with its own bounds and its own NaNs.
    System.setProperty(CACHE, "off");
    try {
      device = Device.open("cuda");
    } finally {
      System.clearProperty(CACHE);
    }
  }

  @AfterAll
  static void close() {
    MockCuda.reset();
    if (device != null) {
      device.close();
    }
  }

  @TestFactory
  Stream<DynamicContainer> inEveryOrder() {
    return Arrays.stream(MockCuda.Order.values())
        .map(order -> DynamicContainer.dynamicContainer(order.name(), in(order)));
  }

  private static Stream<DynamicTest> in(MockCuda.Order order) {
    CaseCheck check = new CaseCheck(opened());
    return Cases.all()
        .map(
            opCase ->
                DynamicTest.dynamicTest(
                    opCase.toString(),
                    () -> {
                      MockCuda.order(order);
                      check.check(opCase);
                    }));
  }

  private static Device opened() {
    if (device == null) {
      throw new IllegalStateException("no device was opened");
    }
    return device;
  }
}
