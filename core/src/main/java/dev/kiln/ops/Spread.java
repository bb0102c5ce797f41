package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Rows;
import dev.kiln.backend.StridedCopy;

/** Broadcasting and its reverse; nothing here is recorded. */
final class Spread {
  private Spread() {}

  /** {@code x} repeated to {@code shape}, which it broadcasts to. */
  static Tensor expand(Tensor x, Shape shape) {
    if (x.shape().size() == shape.size()) {
      return x.view(shape);
    }
    Tensor y = Tensor.empty(x.device(), x.dtype(), shape);
    x.backend()
        .copy(
            StridedCopy.of(
                shape.toArray(), 0, Broadcast.strides(x.shape(), shape), 0, shape.strides()),
            x.buffer(),
            y.buffer());
    return y;
  }

  /** {@code x} summed over the dimensions along which {@code shape} was repeated to get its own. */
  static Tensor sumTo(Tensor x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    boolean[] summed = new boolean[x.shape().rank()];
    int lead = x.shape().rank() - shape.rank();
    for (int i = 0; i < summed.length; i++) {
      summed[i] = i < lead || shape.dim(i - lead) == 1;
    }
    return sum(x, summed, 1).view(shape);
  }

  /**
   * {@code scale · Σ x} over the marked dimensions, which stay with extent 1. Neighbours are summed
   * in one pass, from the last to the first.
   */
  static Tensor sum(Tensor x, boolean[] summed, float scale) {
    Shape shape = x.shape();
    Tensor result = x;
    int end = shape.rank();
    int passes = 0;
    for (int i = 0; i < shape.rank(); i++) {
      passes += summed[i] && (i == 0 || !summed[i - 1]) ? 1 : 0;
    }
    while (passes > 0) {
      while (!summed[end - 1]) {
        end--;
      }
      int begin = end - 1;
      while (begin > 0 && summed[begin - 1]) {
        begin--;
      }
      Shape before = result.shape();
      Rows rows =
          new Rows(before.size(0, begin), before.size(begin, end), before.size(end, before.rank()));
      Shape after = before;
      for (int i = begin; i < end; i++) {
        after = after.with(i, 1);
      }
      Tensor y = Tensor.empty(x.device(), x.dtype(), after);
      passes--;
      x.backend().sum(rows, passes == 0 ? scale : 1, result.buffer(), y.buffer());
      if (result != x) {
        result.close();
      }
      result = y;
      end = begin;
    }
    return result;
  }
}
