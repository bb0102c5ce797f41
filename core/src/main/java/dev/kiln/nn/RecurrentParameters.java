package dev.kiln.nn;

import dev.kiln.ops.Recurrent;
import org.jspecify.annotations.Nullable;

/** The parameters of one direction of a recurrent layer, or of a cell. */
record RecurrentParameters(
    Parameter input,
    Parameter hidden,
    @Nullable Parameter inputBias,
    @Nullable Parameter hiddenBias) {

  /** Their values. */
  Recurrent.Weights weights() {
    return new Recurrent.Weights(
        input.tensor(),
        hidden.tensor(),
        inputBias == null ? null : inputBias.tensor(),
        hiddenBias == null ? null : hiddenBias.tensor());
  }
}
