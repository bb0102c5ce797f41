package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Gemm;
import dev.kiln.backend.GemmSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Batches of matrix products. */
final class CpuGemm implements Gemm {
  /** From this many multiplications on, a single product of a batch is shared by all threads. */
  private static final long SHARED_WITHIN = 1 << 23;

  /** Up to so many rows, sums as long as this are made where the operands lie. */
  private static final int FEW_ROWS = 3;

  private static final int LONG = 64;

  private final Gates gates;
  private final MatrixProduct product;
  private final Workers workers;

  CpuGemm(Engine engine) {
    gates = engine.gates();
    product = engine.product();
    workers = engine.workers();
  }

  @Override
  public void gemm(GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, Buffer c) {
    Start start =
        bias == null ? Start.ZERO : Start.perColumn(CpuBuffer.floats(bias), CpuBuffer.offset(bias));
    int m = spec.m();
    int n = spec.n();
    int k = spec.k();
    if (spec.batch() == 1
        && m <= FEW_ROWS
        && k >= LONG
        && !spec.transposeA()
        && spec.transposeB()) {
      dots(spec, a, b, bias, c);
      return;
    }
    boolean oneRight = spec.strideB() == 0 && !spec.transposeA() && spec.strideA() == m * k;
    if (spec.batch() > 1 && oneRight) {
      // the rows of all left matrices against one right matrix: a single taller product
      product.multiply(
          matrix(a, 0, m * spec.batch(), k, false),
          matrix(b, 0, k, n, spec.transposeB()),
          matrix(c, 0, m * spec.batch(), n, false),
          start);
      return;
    }
    Workers.Task one =
        i ->
            product.multiply(
                matrix(a, i * spec.strideA(), m, k, spec.transposeA()),
                matrix(b, i * spec.strideB(), k, n, spec.transposeB()),
                matrix(c, i * spec.strideC(), m, n, false),
                start);
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
  private void dots(GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, Buffer c) {
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
          }
        });
  }

  private static Matrix matrix(Buffer buffer, int skip, int rows, int columns, boolean transposed) {
    float[] data = CpuBuffer.floats(buffer);
    int offset = CpuBuffer.offset(buffer) + skip;
    return transposed
        ? Matrix.dense(data, offset, columns, rows).transposed()
        : Matrix.dense(data, offset, rows, columns);
  }
}
