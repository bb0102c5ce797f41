package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.Epilogue.Activation;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Epilogue} as kernels are told it: epilogue.h.
 *
 * @param biasDown the bias has one number a row of C, not one a column
 */
record WriteBack(
    @Nullable Buffer bias, boolean biasDown, @Nullable Buffer residual, Activation activation) {
  static final WriteBack NONE = new WriteBack(null, false, null, Activation.NONE);

  /** With one bias a column of C: a linear layer's. */
  static WriteBack ofColumns(Epilogue epilogue) {
    return new WriteBack(epilogue.bias(), false, epilogue.residual(), epilogue.activation());
  }

  /** With one bias a row of C: a convolution's, whose rows are channels. */
  static WriteBack ofRows(Epilogue epilogue) {
    return new WriteBack(epilogue.bias(), true, epilogue.residual(), epilogue.activation());
  }

  /** The same of C with rows and columns exchanged, which is one row or one column. */
  WriteBack turned() {
    return new WriteBack(bias, !biasDown, residual, activation);
  }

  /** The kernels' {@code biasDown}. */
  int down() {
    return biasDown ? 1 : 0;
  }

  /** The kernels' {@code activation}. */
  int code() {
    return activation.ordinal();
  }
}
