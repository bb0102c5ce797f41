package dev.kiln;

/** Shapes that an op cannot take: the message names the op, the shapes and what would fit. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public ShapeException(String message) {
    super(message);
  }
}
