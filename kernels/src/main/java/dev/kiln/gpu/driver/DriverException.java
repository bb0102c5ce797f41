package dev.kiln.gpu.driver;

import dev.kiln.DeviceException;

/** A call of a GPU API failed; the message names the call and what the API said. */
public sealed class DriverException extends DeviceException permits DeviceMemoryException {
  private static final long serialVersionUID = 1;

  public DriverException(String message) {
    super(message);
  }
}
