package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;

/**
 * The matrix product with PyTorch's rules: the last two dimensions are multiplied, those before
 * them broadcast; a vector on the left is a row, on the right a column. Transposed operands are
 * flags of the gemm, never copies.
 */
public final class MatMul {
  private MatMul() {}

  /**
   * @param a {@code [..., m, k]}, or {@code [..., k, m]} with {@code transposeA}, or {@code [k]}
   * @param b {@code [..., k, n]}, or {@code [..., n, k]} with {@code transposeB}, or {@code [k]}
   * @return {@code [..., m, n]}, without m or n where that operand is a vector
   * @throws ShapeException where k differs, the leading dimensions do not broadcast, or an operand
   *     is a scalar or a transposed vector
   */
  public static Tensor apply(Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
    Operands.check("matmul", a, b);
    checkRank(a, transposeA);
    checkRank(b, transposeB);
    Shape left = a.shape().rank() == 1 ? Shape.of(1, a.size()) : a.shape();
    Shape right = b.shape().rank() == 1 ? Shape.of(b.size(), 1) : b.shape();
    int k = left.dim(transposeA ? -2 : -1);
    if (k != right.dim(transposeB ? -1 : -2)) {
      throw new ShapeException(
          "matmul: "
              + describe(a, transposeA)
              + " has "
              + k
              + " columns but "
              + describe(b, transposeB)
              + " has "
              + right.dim(transposeB ? -1 : -2)
              + " rows; they must be equal ([..., m, k] times [..., k, n])");
    }
    Tensor y = product(a.view(left), b.view(right), transposeA, transposeB);
    Shape full = y.shape();
    Shape shape = full;
    if (b.shape().rank() == 1) {
      shape = shape.without(shape.rank() - 1);
    }
    if (a.shape().rank() == 1) {
      shape = shape.without(shape.rank() - (b.shape().rank() == 1 ? 1 : 2));
    }
    return Tape.record(
        y.view(shape),
        new Tensor[] {a, b},
        dy -> {
          Tensor grad = dy.view(full);
          return new Tensor[] {
            a.requiresGrad()
                ? gradientA(grad, b.view(right), left, transposeA, transposeB).view(a.shape())
                : null,
            b.requiresGrad()
                ? gradientB(grad, a.view(left), right, transposeA, transposeB).view(b.shape())
                : null
          };
        });
  }

  private static Tensor gradientA(Tensor dy, Tensor b, Shape a, boolean ta, boolean tb) {
    // Y = AB: dA = dY Bᵀ;  Y = AᵀB: dA = B dYᵀ
    Tensor da = ta ? product(b, dy, tb, true) : product(dy, b, false, !tb);
    return Spread.sumTo(da, a);
  }

  private static Tensor gradientB(Tensor dy, Tensor a, Shape b, boolean ta, boolean tb) {
    // Y = AB: dB = Aᵀ dY;  Y = ABᵀ: dB = dYᵀ A
    if (!ta && b.size(0, b.rank() - 2) == 1) {
      // one B for the whole batch: its gradient is one gemm over all rows of all A
      Tensor rows = a.view(flat(a.shape()));
      Tensor grads = dy.view(flat(dy.shape()));
      Tensor db = tb ? product(grads, rows, true, false) : product(rows, grads, true, false);
      return db.view(b);
    }
    Tensor db = tb ? product(dy, a, true, ta) : product(a, dy, !ta, false);
    return Spread.sumTo(db, b);
  }

  /** The product of two tensors of at least two dimensions that are known to fit. */
  private static Tensor product(Tensor a, Tensor b, boolean ta, boolean tb) {
    Shape batchA = batch(a.shape());
    Shape batchB = batch(b.shape());
    Shape batch = Shape.broadcast("matmul", batchA, batchB);
    int m = a.dim(ta ? -1 : -2);
    int k = a.dim(ta ? -2 : -1);
    int n = b.dim(tb ? -2 : -1);
    Tensor y = Tensor.empty(a.device(), a.dtype(), matrices(batch, m, n));
    GemmSpec spec;
    if (!ta && batchB.size() == 1) {
      spec = GemmSpec.of(batch.size() * m, n, k, false, tb);
    } else {
      a = perMatrix(a, batchA, batch);
      b = perMatrix(b, batchB, batch);
      spec =
          new GemmSpec(
              m, n, k, ta, tb, batch.size(), stride(a, batch.size()), stride(b, batch.size()));
    }
    a.backend().gemm(spec, a.buffer(), b.buffer(), Epilogue.NONE, y.buffer());
    return y;
  }

  /** An operand with one matrix for the whole batch or one for each; otherwise it is repeated. */
  private static Tensor perMatrix(Tensor x, Shape own, Shape batch) {
    if (own.size() == batch.size() || own.size() == 1) {
      return x;
    }
    return Spread.expand(x, matrices(batch, x.dim(-2), x.dim(-1)));
  }

  private static int stride(Tensor x, int batch) {
    int matrix = x.dim(-2) * x.dim(-1);
    return x.size() == matrix && batch != 1 ? 0 : matrix;
  }

  private static Shape batch(Shape shape) {
    return Shape.of(java.util.Arrays.copyOf(shape.toArray(), shape.rank() - 2));
  }

  private static Shape matrices(Shape batch, int rows, int columns) {
    int[] extents = java.util.Arrays.copyOf(batch.toArray(), batch.rank() + 2);
    extents[batch.rank()] = rows;
    extents[batch.rank() + 1] = columns;
    return Shape.of(extents);
  }

  private static Shape flat(Shape shape) {
    return Shape.of(shape.size(0, shape.rank() - 1), shape.dim(-1));
  }

  private static void checkRank(Tensor x, boolean transposed) {
    if (x.shape().rank() == 0) {
      throw new ShapeException("matmul: a scalar has no rows or columns; use mul");
    }
    if (x.shape().rank() == 1 && transposed) {
      throw new ShapeException(
          "matmul: the vector "
              + x.shape()
              + " cannot be transposed; reshape it to two dimensions");
    }
  }

  private static String describe(Tensor x, boolean transposed) {
    return x.shape() + (transposed ? " transposed" : "");
  }
}
