package dev.kiln.autograd;

import dev.kiln.Tensor;
import java.util.concurrent.atomic.AtomicLong;

/** One call of an op: what went in, how many results came out, and the way back. */
final class Call {
  private static final AtomicLong CLOCK = new AtomicLong();

  /** Later calls have larger numbers, so descending order is an order of the backward pass. */
  final long time = CLOCK.incrementAndGet();

  final Tensor[] inputs;
  final int results;
  final JointGradients gradients;

  Call(Tensor[] inputs, int results, JointGradients gradients) {
    this.inputs = inputs;
    this.results = results;
    this.gradients = gradients;
  }
}
