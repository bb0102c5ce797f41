package dev.kiln.examples.golden;

import dev.kiln.Device;
import dev.kiln.io.HostTensor;
import java.util.Map;

/** How cases of one kind are computed: an op with its gradients, an optimizer, a training run. */
interface Procedure {
  /**
   * Computes a case.
   *
   * @return every output and every gradient by name; that of input {@code x} is called {@link
   *     #gradientOf}
   * @throws UnsupportedCaseException if Kiln has no such thing
   */
  Map<String, HostTensor> compute(GoldenCase golden, Device device) throws UnsupportedCaseException;

  static String gradientOf(String input) {
    return "the gradient of " + input;
  }
}
