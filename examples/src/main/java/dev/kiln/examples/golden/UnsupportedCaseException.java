package dev.kiln.examples.golden;

/** A case asks for something that Kiln does not have: the message says what. */
final class UnsupportedCaseException extends Exception {
  private static final long serialVersionUID = 1;

  UnsupportedCaseException(String message) {
    super(message);
  }
}
