package dev.kiln;

/** What a tensor's elements are. */
public enum DType {
  /** IEEE 754 single precision: values, weights and gradients. */
  FLOAT32("float32"),
  /** Signed 32-bit integers: class labels and indices; never differentiable. */
  INT32("int32");

  /** Size of one element of any dtype, in bytes. */
  public static final int BYTES = 4;

  private final String text;

  DType(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
