package dev.kiln.gpu.driver;

/**
 * The device has no memory for an allocation. Checked, because there is something to be done about
 * it: give back what is cached and try again.
 */
public final class DeviceMemoryException extends Exception {
  private static final long serialVersionUID = 1;

  private final long requestedBytes;

  public DeviceMemoryException(long requestedBytes, String message) {
    super(message);
    this.requestedBytes = requestedBytes;
  }

  public long requestedBytes() {
    return requestedBytes;
  }
}
