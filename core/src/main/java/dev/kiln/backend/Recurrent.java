package dev.kiln.backend;

import org.jspecify.annotations.Nullable;

/**
 * All steps of one direction of a recurrent layer, after the input product, which is one gemm over
 * all steps. Sequence {@code b} has {@code lengths[b]} steps: outputs past them are 0, final states
 * are those at the length, and a reversed one begins there.
 */
public interface Recurrent {
  /**
   * @param x {@code [rows, gates · hidden]}: input products with their bias
   * @param w {@code [gates · hidden, hidden]}: recurrent weights
   * @param bias {@code [gates · hidden]}, added to the recurrent product; null for 0
   * @param h0 hidden states at the start, at {@link RecurrentSpec#stateAt}; null for 0
   * @param c0 cell states likewise, LSTM only
   * @param lengths int32 {@code [batch]}, each from 1 to {@code steps}; null if all are {@code
   *     steps}
   * @param y {@code [rows, width]}: this direction's columns are written
   * @param hn hidden states at the end; written from {@code stateAt} on, {@code batch · hidden}
   *     elements
   * @param cn cell states likewise, LSTM only
   * @param kept what the backward pass needs, null in inference; its gates may be {@code x}
   */
  void recurrent(
      RecurrentSpec spec,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept);

  /** Whether {@link #recurrentOverInput} is the way to go, rather than a gemm over all steps. */
  default boolean readsInput(RecurrentSpec spec) {
    return false;
  }

  /**
   * Like {@link #recurrent}, from the input itself: its products never leave the caches.
   *
   * @throws UnsupportedOperationException where {@link #readsInput} is false
   */
  default void recurrentOverInput(
      RecurrentSpec spec,
      RecurrentInput input,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    throw new UnsupportedOperationException("recurrent: not step by step from " + input);
  }

  /**
   * Weight gradients are left to two gemms: {@code dw = dproductᵀ previous} (for {@link
   * Cell#GRU_RESET_FIRST} the rows of n with {@code r ∘ h'} for {@code previous}), and the bias's
   * gradient is the sum of {@code dproduct} over the rows.
   *
   * @param dy {@code [rows, width]}, of which this direction's columns are read; null for 0
   * @param dhn gradients of the final states, at {@code stateAt}; null for 0
   * @param dcn likewise, LSTM only
   * @param dx {@code [rows, gates · hidden]}: gradients of the input products; 0 past a length
   * @param dproduct {@code [rows, gates · hidden]}: gradients of the recurrent products, for {@link
   *     Cell#GRU} only, where they differ from {@code dx} in n; null for others
   * @param dh0 gradients of the first states, written from {@code stateAt} on; null if not wanted
   * @param dc0 likewise, LSTM only
   */
  void recurrentGradient(
      RecurrentSpec spec,
      RecurrentKept kept,
      Buffer w,
      @Nullable Buffer lengths,
      @Nullable Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      Buffer dx,
      @Nullable Buffer dproduct,
      @Nullable Buffer dh0,
      @Nullable Buffer dc0);
}
