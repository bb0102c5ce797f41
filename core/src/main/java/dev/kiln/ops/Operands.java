package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Tensor;
import org.jspecify.annotations.Nullable;

/** What holds for the operands of every op: one device, and float32 unless they are indices. */
final class Operands {
  private Operands() {}

  /** All on the first one's device, all float32; null ones are operands not given. */
  static void check(String op, Tensor first, @Nullable Tensor... others) {
    floats(op, first);
    for (Tensor other : others) {
      if (other != null) {
        floats(op, other);
        sameDevice(op, first, other);
      }
    }
  }

  static void sameDevice(String op, Tensor a, Tensor b) {
    if (a.device() != b.device()) {
      throw new IllegalArgumentException(
          op + ": " + a + " and " + b + " live on different devices; make both on one");
    }
  }

  private static void floats(String op, Tensor x) {
    if (x.dtype() != DType.FLOAT32) {
      throw new IllegalArgumentException(op + ": " + x + " should be float32");
    }
  }
}
