package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Rows;
import dev.kiln.backend.Unary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Some rows, each element less its row's largest, and their exponentials, in the thread's scratch
 * or in an array of their own. Short rows lie across the lanes of vectors, one row to a lane:
 * nothing is ever added up within a vector, and no row is filled up. Others lie along them, filled
 * up with negative infinity.
 */
final class RowExponentials {
  /** Rows up to so long lie across. */
  private static final int SHORT = 32;

  private static final int AT_ONCE = 2048;

  private final Loops loops;
  private final Gates gates;
  private final Rows rows;
  private final int n;
  private final boolean across;

  /** From a row to the next; where rows lie across, this is of {@link #most} rows. */
  private final int stride;

  private final int most;
  private final int exponentials;
  private final float[] data;

  /** In the thread's scratch, until its next use. */
  static RowExponentials passing(Engine engine, Rows rows) {
    return new RowExponentials(engine, rows, false);
  }

  /** Of all rows at once, to stay; null if they are too many for that. */
  static @Nullable RowExponentials lasting(Engine engine, Rows rows) {
    RowExponentials all = new RowExponentials(engine, rows, true);
    return all.across && rows.count() <= all.most ? all : null;
  }

  private RowExponentials(Engine engine, Rows rows, boolean lasting) {
    loops = engine.loops();
    gates = engine.gates();
    this.rows = rows;
    n = rows.n();
    across = n <= SHORT;
    if (across) {
      most =
          Math.min(
              Loops.whole(rows.count()),
              Math.max(Loops.WIDEST, AT_ONCE / Math.max(1, n) & -Loops.WIDEST));
      stride = most;
    } else {
      most = Math.max(1, AT_ONCE / Loops.whole(n));
      stride = Loops.whole(n);
    }
    exponentials = Math.multiplyExact(across ? n : most, stride);
    int size = Math.addExact(2 * exponentials, 2 * stride);
    data = lasting ? new float[size] : Scratch.ofThread().array(Scratch.Role.ROW, size);
  }

  /** How many rows can be taken at once. */
  int most() {
    return most;
  }

  /** What {@link #shifted} and {@link #exponential} tell places in. */
  float[] data() {
    return data;
  }

  /** From an element of a row to the next. */
  int step() {
    return across ? stride : 1;
  }

  /** Where the first element of a row is, less the row's largest. */
  int shifted(int i) {
    return across ? i : i * stride;
  }

  /** Where its exponential is. */
  int exponential(int i) {
    return exponentials + shifted(i);
  }

  /** The sum of a row's exponentials. */
  double sum(int i) {
    return across ? data[2 * exponentials + i] : loops.sum(data, exponential(i), stride);
  }

  /** Takes the rows {@code from … from + count - 1} of {@code x}. */
  void take(Buffer x, int from, int count) {
    if (across) {
      takeAcross(x, from, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      int at = shifted(i);
      gather(x, from + i, at);
      Arrays.fill(data, at + n, at + stride, Float.NEGATIVE_INFINITY);
      float top = loops.max(data, at, stride);
      loops.affine(top, 1, 0, data, at, data, at, stride);
    }
    loops.unary(Unary.EXP, data, 0, data, exponentials, count * stride);
  }

  /** The logarithms of the sums of {@code count} rows, for {@link #log}. */
  void takeLogs(int count) {
    if (across) {
      int sums = 2 * exponentials;
      loops.unary(Unary.LOG, data, sums, data, sums + stride, Loops.whole(count));
    }
  }

  /** The logarithm of a row's sum. */
  double log(int i) {
    return across ? data[2 * exponentials + stride + i] : Math.log(sum(i));
  }

  private void takeAcross(Buffer x, int from, int count) {
    float[] in = CpuBuffer.floats(x);
    int inner = rows.inner();
    int run;
    for (int i = 0; i < count; i += run) {
      int first = (from + i) % inner;
      int at = CpuBuffer.offset(x) + (from + i) / inner * n * inner + first;
      if (inner == 1) {
        run = count;
        Matrix.transpose(in, at, n, count, n, data, 0, stride);
      } else {
        run = Math.min(count - i, inner - first);
        for (int c = 0; c < n; c++) {
          gates.copy(in, at + c * inner, data, c * stride + i, run);
        }
      }
    }
    int width = Loops.whole(count);
    loops.belowMaximum(data, 0, stride, n, width);
    if (width == stride) {
      loops.unary(Unary.EXP, data, 0, data, exponentials, n * stride);
    } else {
      for (int c = 0; c < n; c++) {
        loops.unary(Unary.EXP, data, c * stride, data, exponentials + c * stride, width);
      }
    }
    loops.sumRows(data, exponentials, stride, n, data, 2 * exponentials, width);
  }

  private void gather(Buffer x, int row, int to) {
    float[] in = CpuBuffer.floats(x);
    int inner = rows.inner();
    int at = CpuBuffer.offset(x) + row / inner * n * inner + row % inner;
    if (inner == 1) {
      gates.copy(in, at, data, to, n);
      return;
    }
    for (int i = 0; i < n; i++) {
      data[to + i] = in[at + i * inner];
    }
  }
}
