package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.Gemm;
import dev.kiln.backend.GemmSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Batches of matrix products. */
final class CpuGemm implements Gemm {
  /** From this many multiplications on, a single product of a batch is shared by all threads. */
  private static final long SHARED_WITHIN = 1 << 23;

  /** Up to so many multiplications the way to tiles is longer than the work. */
  private static final int TINY = 1 << 9;

  /** Up to so many rows, sums as long as this are made where the operands lie. */
  private static final int FEW_ROWS = 3;

  private static final int LONG = 64;

  /** What is streamed through is cut at multiples of this many columns. */
  private static final int STREAM = 64;

  /** Right operands smaller than this are in the nearest cache anyway, in elements. */
  private static final int LEAST_STREAM = 1 << 14;

  /** How many rows are streamed through at once. */
  private static final int STREAMS = 8;

  /** How much of the right operand is worth a thread's streaming through, in elements. */
  private static final int WORTH_STREAMING = 1 << 16;

  private final Gates gates;
  private final Loops loops;
  private final MatrixProduct product;
  private final Workers workers;

  CpuGemm(Engine engine) {
    gates = engine.gates();
    loops = engine.loops();
    product = engine.product();
    workers = engine.workers();
  }

  @Override
  public void gemm(GemmSpec spec, Buffer a, Buffer b, Epilogue epilogue, Buffer c) {
    Buffer bias = epilogue.bias();
    Finish finish = Finish.of(epilogue, loops, c);
    int m = spec.m();
    int n = spec.n();
    int k = spec.k();
    if (spec.batch() == 1 && (long) m * n * k <= TINY) {
      product
          .tiles()
          .small(
              matrix(a, 0, m, k, spec.transposeA()),
              matrix(b, 0, k, n, spec.transposeB()),
              CpuBuffer.floatsOrNull(bias),
              CpuBuffer.offsetOrZero(bias),
              CpuBuffer.floats(c),
              CpuBuffer.offset(c),
              CpuBuffer.end(c));
      finish.run(CpuBuffer.floats(c), CpuBuffer.offset(c), c.size());
      return;
    }
    Start start =
        bias == null ? Start.ZERO : Start.perColumn(CpuBuffer.floats(bias), CpuBuffer.offset(bias));
    if (spec.batch() == 1
        && m <= FEW_ROWS
        && k >= LONG
        && !spec.transposeA()
        && spec.transposeB()) {
      dots(spec, a, b, bias, finish, c);
      return;
    }
    if (spec.batch() == 1
        && m == 1
        && !spec.transposeB()
        && n >= STREAM
        && (long) k * n >= LEAST_STREAM) {
      oneRow(spec, a, b, bias, finish, c);
      return;
    }
    boolean oneRight = spec.strideB() == 0 && !spec.transposeA() && spec.strideA() == m * k;
    if (spec.batch() > 1 && oneRight) {
      // the rows of all left matrices against one right matrix: a single taller product
      product.multiply(
          matrix(a, 0, m * spec.batch(), k, false),
          matrix(b, 0, k, n, spec.transposeB()),
          matrix(c, 0, m * spec.batch(), n, false),
          start,
          finish);
      return;
    }
    Workers.Task one =
        i ->
            product.multiply(
                matrix(a, i * spec.strideA(), m, k, spec.transposeA()),
                matrix(b, i * spec.strideB(), k, n, spec.transposeB()),
                matrix(c, i * spec.strideC(), m, n, false),
                start,
                finish);
    long each = (long) m * n * k;
    if (each < SHARED_WITHIN && each * spec.batch() >= MatrixProduct.WORTH_SHARING) {
      workers.run(spec.batch(), one);
    } else {
      for (int i = 0; i < spec.batch(); i++) {
        one.run(i);
      }
    }
  }

  /** Rows times rows: for so few on the left, packing the right ones would cost most. */
  private void dots(
      GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, Finish finish, Buffer c) {
    int n = spec.n();
    int k = spec.k();
    float[] y = CpuBuffer.floats(c);
    workers.rows(
        n,
        (int) (MatrixProduct.WORTH_SHARING / Math.max(1, spec.m()) / k) + 1,
        (from, to) -> {
          for (int i = 0; i < spec.m(); i++) {
            int yAt = CpuBuffer.offset(c) + i * n + from;
            if (bias == null) {
              Arrays.fill(y, yAt, yAt + to - from, 0);
            } else {
              int biasAt = CpuBuffer.offset(bias) + from;
              System.arraycopy(CpuBuffer.floats(bias), biasAt, y, yAt, to - from);
            }
            gates.addDots(
                CpuBuffer.floats(b),
                CpuBuffer.offset(b) + from * k,
                to - from,
                k,
                CpuBuffer.floats(a),
                CpuBuffer.offset(a) + i * k,
                y,
                yAt);
            finish.run(y, yAt, to - from);
          }
        });
  }

  /**
   * One row times a matrix: all columns grow while the matrix is read from front to back. Tile by
   * tile each of its rows would be read in pieces, a row's length apart, which no cache foresees.
   */
  private void oneRow(
      GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, Finish finish, Buffer c) {
    int n = spec.n();
    int k = spec.k();
    int whole = n / STREAM * STREAM;
    workers.rows(
        n / STREAM,
        WORTH_STREAMING / STREAM / k + 1,
        (from, to) -> {
          int first = from * STREAM;
          int count = (to - from) * STREAM;
          stream(spec, a, b, bias, c, first, count);
          finish.run(CpuBuffer.floats(c), CpuBuffer.offset(c) + first, count);
        });
    if (whole < n) {
      Start start =
          bias == null
              ? Start.ZERO
              : Start.perColumn(CpuBuffer.floats(bias), CpuBuffer.offset(bias) + whole);
      product.multiply(
          matrix(a, 0, 1, k, false),
          new Matrix(CpuBuffer.floats(b), CpuBuffer.offset(b) + whole, k, n - whole, n, 1),
          matrix(c, whole, 1, n - whole, false),
          start,
          finish);
    }
  }

  /** {@code count} columns of the row, from column {@code first} on. */
  private void stream(
      GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, Buffer c, int first, int count) {
    int k = spec.k();
    float[] sums = Scratch.ofThread().array(Scratch.Role.ROW, count);
    if (bias == null) {
      Arrays.fill(sums, 0, count, 0);
    } else {
      System.arraycopy(CpuBuffer.floats(bias), CpuBuffer.offset(bias) + first, sums, 0, count);
    }
    int[] places = new int[STREAMS];
    for (int p = 0; p < k; p += STREAMS) {
      int some = Math.min(STREAMS, k - p);
      for (int i = 0; i < some; i++) {
        places[i] = CpuBuffer.offset(b) + (p + i) * spec.n() + first;
      }
      loops.accumulateShifted(
          CpuBuffer.floats(a),
          CpuBuffer.offset(a) + p,
          places,
          some,
          CpuBuffer.floats(b),
          sums,
          count);
    }
    System.arraycopy(sums, 0, CpuBuffer.floats(c), CpuBuffer.offset(c) + first, count);
  }

  private static Matrix matrix(Buffer buffer, int skip, int rows, int columns, boolean transposed) {
    float[] data = CpuBuffer.floats(buffer);
    int offset = CpuBuffer.offset(buffer) + skip;
    return transposed
        ? Matrix.dense(data, offset, columns, rows).transposed()
        : Matrix.dense(data, offset, rows, columns);
  }
}
