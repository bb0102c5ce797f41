package dev.kiln.gpu.driver;

/**
 * The device has no memory for an allocation, or for what another call of its API takes beside it.
 * There is something to be done about it: give back what is cached and try again.
 */
public final class DeviceMemoryException extends DriverException {
  private static final long serialVersionUID = 1;

  public DeviceMemoryException(String message) {
    super(message);
  }
}
