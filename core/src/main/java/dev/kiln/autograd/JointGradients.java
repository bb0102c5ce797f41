package dev.kiln.autograd;

import dev.kiln.Tensor;
import org.jspecify.annotations.Nullable;

/** The backward pass of an op with several results. */
@FunctionalInterface
public interface JointGradients {
  /**
   * @param dy the gradients of the results, in the order in which they were recorded, each of its
   *     result's shape; null for a result that the loss was not computed from, never all
   * @return one gradient an input, as in {@link Gradients}
   */
  @Nullable Tensor[] of(@Nullable Tensor[] dy);
}
