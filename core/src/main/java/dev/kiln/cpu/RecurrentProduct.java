package dev.kiln.cpu;

/**
 * A matrix that states are multiplied with step after step: recurrent weights, or a part of them.
 */
interface RecurrentProduct {
  /**
   * {@code c += a m} for {@code rows} rows of {@code a} and {@code c}, each an array, the offset of
   * its first element and the distance between its rows. May be called by several threads.
   */
  void add(int rows, float[] a, int aAt, int aStride, float[] c, int cAt, int cStride);

  /**
   * The way to multiply with {@code m} that suits how often it is done.
   *
   * @param m dense, or the transpose of what is dense
   * @param steps how many calls there will be
   * @param batch how many rows of all threads together a call has
   * @param role where in the thread's scratch the matrix may be kept
   */
  static RecurrentProduct of(Engine engine, Matrix m, int steps, int batch, Scratch.Role role) {
    boolean once = (long) steps * batch < 8;
    boolean tiny = batch < 4 && (long) m.rows() * m.columns() < 2048;
    return once || tiny
        ? new PlainProduct(engine.gates(), m)
        : PackedProduct.of(engine, m, steps, batch, role);
  }

  /** Straight from where the matrix lies, row after row: for a few products. */
  record PlainProduct(Gates gates, Matrix m) implements RecurrentProduct {
    @Override
    public void add(int rows, float[] a, int aAt, int aStride, float[] c, int cAt, int cStride) {
      for (int i = 0; i < rows; i++) {
        int from = aAt + i * aStride;
        int to = cAt + i * cStride;
        if (m.rowStride() == 1) {
          gates.addProduct(m.data(), m.offset(), m.columns(), m.rows(), a, from, c, to);
        } else {
          gates.addTransposed(m.data(), m.offset(), m.rows(), m.columns(), a, from, c, to);
        }
      }
    }
  }

  /** From panels that are packed once and used at every step. */
  record PackedProduct(MatrixProduct product, Packed right) implements RecurrentProduct {
    static PackedProduct of(Engine engine, Matrix m, int steps, int batch, Scratch.Role role) {
      MatrixProduct product = engine.product();
      Packed right = Packed.right(product.tiles(), m.columns(), m.rows(), role);
      long work = (long) steps * batch * m.rows() * m.columns();
      int grain = work < MatrixProduct.WORTH_SHARING ? right.count() : 1;
      engine
          .workers()
          .rows(right.count(), grain, (from, to) -> right.pack(m.right(), 0, 0, from, to));
      return new PackedProduct(product, right);
    }

    @Override
    public void add(int rows, float[] a, int aAt, int aStride, float[] c, int cAt, int cStride) {
      int k = right.k();
      Packed left = Packed.left(product.tiles(), rows, k);
      left.pack(new Matrix(a, aAt, rows, k, aStride, 1).left(), 0, 0, 0, left.count());
      Matrix result = new Matrix(c, cAt, rows, right.lines(), cStride, 1);
      product.tiles(left, right, result, 0, 0, Start.RESULT, 0, left.count(), 0, right.count());
    }
  }
}
