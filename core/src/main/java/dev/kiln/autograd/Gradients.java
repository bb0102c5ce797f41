package dev.kiln.autograd;

import dev.kiln.Tensor;
import org.jspecify.annotations.Nullable;

/** An op's backward pass: from the gradient of its result to those of its inputs. */
@FunctionalInterface
public interface Gradients {
  /**
   * @param dy the gradient of the result, of its shape
   * @return one gradient an input, in the order in which they were recorded, each of its input's
   *     shape; null for an input that does not require one
   */
  @Nullable Tensor[] of(Tensor dy);
}
