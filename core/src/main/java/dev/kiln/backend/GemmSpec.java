package dev.kiln.backend;

/**
 * The extents of {@code C[m, n] = op(A) · op(B)}, all matrices dense and row-major.
 *
 * @param m rows of C
 * @param n columns of C
 * @param k the dimension that is summed over
 * @param transposeA A is stored as {@code [k, m]}, else {@code [m, k]}
 * @param transposeB B is stored as {@code [n, k]}, else {@code [k, n]}
 * @param batch how many products
 * @param strideA elements from one A to the next; 0 uses the same one for all
 * @param strideB likewise for B
 */
public record GemmSpec(
    int m,
    int n,
    int k,
    boolean transposeA,
    boolean transposeB,
    int batch,
    int strideA,
    int strideB) {

  /** A single product. */
  public static GemmSpec of(int m, int n, int k, boolean transposeA, boolean transposeB) {
    return new GemmSpec(m, n, k, transposeA, transposeB, 1, 0, 0);
  }

  /** Elements from one C to the next: C is dense. */
  public int strideC() {
    return m * n;
  }

  /** Floating-point operations, a multiply and an add counted as two. */
  public double flops() {
    return 2.0 * m * n * k * batch;
  }
}
