package dev.kiln.gpu;

import dev.kiln.gpu.driver.Driver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test of what every {@link Driver} promises; a subclass of it says which driver. */
abstract class OnDriver {
  /** Opened anew for each test. */
  Driver driver;

  /** Opens the driver's first device, or ends the test as {@link Requirement#missing} does. */
  protected abstract Driver open();

  @BeforeEach
  final void openDriver() {
    driver = open();
  }

  @AfterEach
  final void closeDriver() {
    if (driver != null) { // null where open() ended the test
      driver.close();
    }
  }
}
