package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/** Matrix products. */
public interface Gemm {
  /**
   * {@code C = op(A) · op(B) + bias}, for each matrix of the batch.
   *
   * @param bias one number a column of C, {@code [n]}, added to every row; null for none
   */
  void gemm(GemmSpec spec, Buffer a, Buffer b, @Nullable Buffer bias, Buffer c);
}
