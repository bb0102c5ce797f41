package dev.kiln;

/** The device's memory, or the pool's cap, is spent: names the request, what is free, who holds. */
public final class OutOfDeviceMemoryException extends DeviceException {
  private static final long serialVersionUID = 1;

  public OutOfDeviceMemoryException(String message) {
    super(message);
  }
}
