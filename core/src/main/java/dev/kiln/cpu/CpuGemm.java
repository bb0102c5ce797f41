package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Gemm;
import dev.kiln.backend.GemmSpec;
import org.jspecify.annotations.Nullable;

/** Batches of matrix products. */
final class CpuGemm implements Gemm {
  /** From this many multiplications on, a single product of a batch is shared by all threads. */
  private static final long SHARED_WITHIN = 1 << 23;

  private final MatrixProduct product;
  private final Workers workers;

  CpuGemm(Engine engine) {
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

  private static Matrix matrix(Buffer buffer, int skip, int rows, int columns, boolean transposed) {
    float[] data = CpuBuffer.floats(buffer);
    int offset = CpuBuffer.offset(buffer) + skip;
    return transposed
        ? Matrix.dense(data, offset, columns, rows).transposed()
        : Matrix.dense(data, offset, rows, columns);
  }
}
