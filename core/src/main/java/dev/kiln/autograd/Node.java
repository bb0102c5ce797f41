package dev.kiln.autograd;

import dev.kiln.Tensor;
import java.util.concurrent.atomic.AtomicLong;

/** How a tensor was computed: the inputs and the way back to them. */
public final class Node {
  private static final AtomicLong CLOCK = new AtomicLong();

  /** Later results have larger numbers, so descending order is an order of the backward pass. */
  final long time = CLOCK.incrementAndGet();

  final Tensor[] inputs;
  final Gradients gradients;

  Node(Tensor[] inputs, Gradients gradients) {
    this.inputs = inputs;
    this.gradients = gradients;
  }
}
