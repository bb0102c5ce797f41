package dev.kiln.backend;

/** Matrix products. */
public interface Gemm {
  /**
   * {@code C = activation(op(A) · op(B) + bias + residual)}, for each matrix of the batch.
   *
   * @param epilogue a bias of one number a column of C, {@code [n]}, added to every row; a residual
   *     of C's size
   */
  void gemm(GemmSpec spec, Buffer a, Buffer b, Epilogue epilogue, Buffer c);
}
