package dev.kiln.gpu;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import java.util.List;

/**
 * A work that variants are tried at, for any backend to run.
 *
 * @param work the spec that the family's plans are made of
 * @param operations floating-point operations, about
 */
record Trial(
    Family family,
    Record work,
    double operations,
    List<Input> inputs,
    List<Output> outputs,
    Call call) {

  /**
   * Random numbers.
   *
   * @param scale they lie between minus that and that
   * @param classes if not 0: they are int32, from 0 to less than that
   */
  record Input(int size, float scale, int classes) {
    static Input of(int size) {
      return new Input(size, 1, 0);
    }
  }

  /**
   * @param tolerance how far a right result may be from another one, at a result of 0; as much
   *     again for each unit of the result
   */
  record Output(int size, boolean ints, double tolerance) {
    static Output of(int size, double tolerance) {
      return new Output(size, false, tolerance);
    }
  }

  /** Calls of a backend. */
  @FunctionalInterface
  interface Call {
    void make(Backend backend, List<Buffer> in, List<Buffer> out);
  }

  /**
   * What rounding may do to a sum of products of numbers between -1 and 1: about {@code length / 5}
   * units in the last place, whose growth is that of the partial sums; 20 times as much is allowed
   * for other orders and for minimal filtering.
   */
  static double ofSum(int length) {
    return 0x1p-22 * (length + 16);
  }

  WorkShape shape() {
    return WorkShape.of(family, work);
  }
}
