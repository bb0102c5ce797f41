package dev.kiln.cpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.Unary;
import org.jspecify.annotations.Nullable;

/**
 * What is left of an {@link Epilogue} when a part of the result has its bias: the residual and the
 * activation, by the thread that has just computed the part and still has it in its cache.
 */
final class Finish {
  /** As the result is. */
  static final Finish NONE = new Finish(null, new float[0], 0, null);

  /** How many elements a loop gets at once: see {@link Workers}. */
  private static final int AT_ONCE = 1024;

  private final @Nullable Loops loops;
  private final float[] residual;

  /** From an element's place in the result's array to its place in the residual's. */
  private final int shift;

  private final @Nullable Unary activation;

  private Finish(@Nullable Loops loops, float[] residual, int shift, @Nullable Unary activation) {
    this.loops = loops;
    this.residual = residual;
    this.shift = shift;
    this.activation = activation;
  }

  /**
   * @param result the whole of it
   */
  static Finish of(Epilogue epilogue, Loops loops, Buffer result) {
    Buffer residual = epilogue.residual();
    Unary activation = epilogue.activation().function();
    if (residual == null) {
      return activation == null ? NONE : new Finish(loops, new float[0], 0, activation);
    }
    int shift = CpuBuffer.offset(residual) - CpuBuffer.offset(result);
    return new Finish(loops, CpuBuffer.floats(residual), shift, activation);
  }

  /** Elements {@code at … at + count - 1} of the result's array. */
  void run(float[] result, int at, int count) {
    if (loops == null) {
      return;
    }
    for (int i = 0; i < count; i += AT_ONCE) {
      int from = at + i;
      int some = Math.min(AT_ONCE, count - i);
      if (residual.length > 0) {
        loops.binary(Binary.ADD, result, from, 1, residual, from + shift, 1, result, from, some);
      }
      if (activation != null) {
        loops.unary(activation, result, from, result, from, some);
      }
    }
  }

  /** Rows of {@code width} elements, {@code stride} apart, the first at {@code at}. */
  void rows(float[] result, int at, int stride, int rows, int width) {
    if (loops == null) {
      return;
    }
    if (width == stride) {
      run(result, at, rows * width);
      return;
    }
    for (int i = 0; i < rows; i++) {
      run(result, at + i * stride, width);
    }
  }
}
