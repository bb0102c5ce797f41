package dev.kiln.examples;

import dev.kiln.gpu.cuda.MockCuda;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * Installs the mock CUDA driver before any test asks for devices: a process looks for CUDA once.
 * JUnit finds this class by its name in {@code META-INF/services}.
 */
public final class MockCudaFirst implements BeforeAllCallback {
  private static boolean tried;

  @Override
  public void beforeAll(ExtensionContext context) {
    synchronized (MockCudaFirst.class) {
      if (tried) {
        return;
      }
      tried = true;
    }
    try {
      MockCuda.install();
    } catch (TestAbortedException | AssertionError e) {
      // the tests that need it find out for themselves
    }
  }
}
