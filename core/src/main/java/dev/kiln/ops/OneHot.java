package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import java.lang.ref.Reference;

/** Class numbers as rows of zeros with a 1 at the class. */
public final class OneHot {
  private OneHot() {}

  /**
   * @param index int32 class numbers, any shape
   * @param classes at least 1
   * @param dtype of the result: float32 is what nets take; int32 is what PyTorch gives
   * @return the shape of {@code index}, then {@code classes}
   * @throws ShapeException if there are no classes
   * @throws IndexOutOfBoundsException if a number is not a class: which one, where
   */
  public static Tensor apply(Tensor index, int classes, DType dtype) {
    if (classes < 1) {
      throw new ShapeException("one_hot: there is at least 1 class, not " + classes);
    }
    Indices.check("one_hot", index, classes, "one of " + classes + " classes");
    Tensor y = Tensor.empty(index.device(), dtype, index.shape().followedBy(classes));
    index.backend().oneHot(classes, index.buffer(), y.buffer());
    Reference.reachabilityFence(index);
    return y;
  }
}
