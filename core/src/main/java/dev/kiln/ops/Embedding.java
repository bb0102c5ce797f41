package dev.kiln.ops;

import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Picks;

/** Rows of a table by their number: {@code y[...] = weight[index[...]]}. */
public final class Embedding {
  private static final int NO_ROW = -1;

  private Embedding() {}

  /**
   * @param weight {@code [rows, features]}
   * @param index int32, any shape
   * @return the shape of {@code index}, then {@code features}
   * @throws ShapeException if the weight is not a table
   * @throws IndexOutOfBoundsException if an index is not a row: which one, where
   */
  public static Tensor apply(Tensor weight, Tensor index) {
    checkTable(weight);
    return look(weight, index, NO_ROW);
  }

  /**
   * The same with a row for padding, which no gradient reaches.
   *
   * @param paddingIndex that row, negative from the end
   */
  public static Tensor apply(Tensor weight, Tensor index, int paddingIndex) {
    checkTable(weight);
    int rows = weight.dim(0);
    if (paddingIndex < -rows || paddingIndex >= rows) {
      throw new IndexOutOfBoundsException(
          "embedding: padding_idx "
              + paddingIndex
              + " is not a row of the weight "
              + weight.shape()
              + " (it takes "
              + -rows
              + " to "
              + (rows - 1)
              + ")");
    }
    return look(weight, index, paddingIndex < 0 ? paddingIndex + rows : paddingIndex);
  }

  private static void checkTable(Tensor weight) {
    Operands.check("embedding", weight);
    if (weight.shape().rank() != 2) {
      throw new ShapeException(
          "embedding: the weight " + weight.shape() + " should be [rows, features]");
    }
  }

  private static Tensor look(Tensor weight, Tensor index, int skipped) {
    Operands.sameDevice("embedding", weight, index);
    int rows = weight.dim(0);
    Indices.check("embedding", index, rows, "a row of the weight " + weight.shape());
    int features = weight.dim(1);
    Picks picks = new Picks(1, rows, index.size(), features);
    Tensor y = Tensor.empty(weight.device(), weight.dtype(), index.shape().followedBy(features));
    weight.backend().take(picks, weight.buffer(), index.buffer(), y.buffer());
    return Tape.record(
        y,
        weight,
        dy -> {
          Tensor dw = Tensor.like(weight);
          dy.backend().takeGradient(picks, skipped, index.buffer(), dy.buffer(), dw.buffer());
          return dw;
        });
  }
}
