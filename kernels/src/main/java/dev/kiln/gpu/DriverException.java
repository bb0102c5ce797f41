package dev.kiln.gpu;

/** A call of a GPU API failed; the message names the call and what the API said. */
public final class DriverException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DriverException(String message) {
    super(message);
  }
}
