package dev.kiln.cpu;

/** What states, or gradients of gates, are multiplied with step after step. */
interface RecurrentProduct {
  /**
   * {@code c += a m} for {@code rows} rows of {@code a} and {@code c}, each an array, the offset of
   * its first element and the distance between its rows; both are of a {@link RecurrentBlock}, and
   * what it has behind these rows may change. May be called by several threads.
   */
  void add(int rows, float[] a, int aAt, int aStride, float[] c, int cAt, int cStride);

  /**
   * The way to multiply that suits how often it is done. All give the same bits: the chain of
   * multiply-adds that {@link Tiles} has.
   *
   * @param steps how many calls there will be
   * @param batch how many rows of all threads together a call has
   * @param role where in the thread's scratch the weights may be kept
   */
  static RecurrentProduct of(
      Engine engine, GateWeights weights, int steps, int batch, Scratch.Role role) {
    if ((long) steps * batch < 8) {
      return new DirectProduct(engine.gates(), weights);
    }
    return batch < 4
        ? RowProduct.of(engine.gates(), weights, role)
        : PackedProduct.of(engine, weights, steps, batch, role);
  }

  /** Straight from where the weights lie: for a few products. */
  record DirectProduct(Gates gates, GateWeights weights) implements RecurrentProduct {
    @Override
    public void add(int rows, float[] a, int aAt, int aStride, float[] c, int cAt, int cStride) {
      int hidden = weights.hidden();
      for (int i = 0; i < rows; i++) {
        int from = aAt + i * aStride;
        int to = cAt + i * cStride;
        for (int gate = 0; gate < weights.gates(); gate++) {
          int at = weights.offset() + gate * hidden * hidden;
          int slot = gate * weights.units();
          if (weights.forward()) {
            gates.addProduct(weights.data(), at, hidden, hidden, a, from, c, to + slot);
          } else {
            gates.addTransposed(weights.data(), at, hidden, hidden, a, from + slot, c, to);
          }
        }
      }
    }
  }

  /** Row by row, from panels of several vectors: for so few rows that tiles would be wasted. */
  record RowProduct(Gates gates, int k, int n, float[] panels, int panelsAt)
      implements RecurrentProduct {
    static RowProduct of(Gates gates, GateWeights weights, Scratch.Role role) {
      int n = weights.columns();
      float[] panels = Scratch.ofThread().array(role, Math.multiplyExact(weights.depth(), n));
      return of(gates, weights, 0, n, panels, 0);
    }

    /** Of {@code n} columns from {@code first} on, packed into an array from a place on. */
    static RowProduct of(
        Gates gates, GateWeights weights, int first, int n, float[] panels, int panelsAt) {
      int k = weights.depth();
      int width;
      for (int j = 0; j < n; j += width) {
        width = gates.panelWidth(n - j);
        weights.pack(first + j, width, 0, k, panels, panelsAt + j * k, width);
      }
      return new RowProduct(gates, k, n, panels, panelsAt);
    }

    @Override
    public void add(int rows, float[] a, int aAt, int aStride, float[] c, int cAt, int cStride) {
      for (int i = 0; i < rows; i++) {
        gates.addRow(k, n, a, aAt + i * aStride, panels, panelsAt, c, cAt + i * cStride);
      }
    }
  }

  /** From the panels of a matrix product, packed once. */
  record PackedProduct(MatrixProduct product, Packed right) implements RecurrentProduct {
    static PackedProduct of(
        Engine engine, GateWeights weights, int steps, int batch, Scratch.Role role) {
      MatrixProduct product = engine.product();
      Tiles tiles = product.tiles();
      int columns = RecurrentBlock.up(weights.columns(), tiles.columns());
      Packed right = Packed.right(tiles, columns, weights.depth(), role);
      long work = (long) steps * batch * weights.columns() * weights.depth();
      int grain = work < MatrixProduct.WORTH_SHARING ? right.count() : 1;
      engine
          .workers()
          .rows(right.count(), grain, (from, to) -> right.pack(weights, 0, 0, from, to));
      return new PackedProduct(product, right);
    }

    @Override
    public void add(int rows, float[] a, int aAt, int aStride, float[] c, int cAt, int cStride) {
      // whole tiles of a block: to states that wait behind these rows, gradients of 0 are added
      int whole = RecurrentBlock.rows(product.tiles(), rows);
      Matrix left = new Matrix(a, aAt, whole, right.k(), aStride, 1);
      multiply(left(left), c, cAt, cStride, Start.RESULT);
    }

    /**
     * Packs rows for {@link #multiply}, in the thread's scratch. A tile may have room for one more:
     * what is in it there concerns nobody.
     */
    Packed left(Matrix rows) {
      Tiles tiles = product.tiles();
      Packed left = Packed.left(tiles, RecurrentBlock.rows(tiles, rows.rows()), right.k());
      Operand lines = rows.left(tiles);
      left.pack(
          (line, count, depth, k, panel, offset, width) ->
              lines.pack(line, Math.min(count, rows.rows() - line), depth, k, panel, offset, width),
          0,
          0,
          0,
          left.count());
      return left;
    }

    /** {@code c = start + left m}, as {@link #add} else. */
    void multiply(Packed left, float[] c, int cAt, int cStride, Start start) {
      Matrix result = new Matrix(c, cAt, left.lines(), right.lines(), cStride, 1);
      int down = left.count();
      product.tiles(left, right, result, 0, 0, start, Finish.NONE, 0, down, 0, right.count());
    }
  }
}
