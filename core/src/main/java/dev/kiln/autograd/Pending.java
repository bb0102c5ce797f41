package dev.kiln.autograd;

import dev.kiln.Tensor;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gradients on their way during a backward pass: those of a call's results until it is the call's
 * turn, and those of leaves until the end.
 */
final class Pending {
  private final Map<Call, @Nullable Tensor[]> ofCalls = new IdentityHashMap<>();
  private final Map<Tensor, Tensor> ofLeaves = new IdentityHashMap<>();

  /** Takes {@code gradient} over and adds it to what is already there for {@code tensor}. */
  void add(Tensor tensor, Tensor gradient) {
    Node node = tensor.node();
    if (node == null) {
      Tensor before = ofLeaves.get(tensor);
      ofLeaves.put(tensor, before == null ? gradient : sumAndClose(before, gradient));
      return;
    }
    @Nullable Tensor[] results =
        ofCalls.computeIfAbsent(node.call, call -> new Tensor[call.results]);
    Tensor before = results[node.result];
    results[node.result] = before == null ? gradient : sumAndClose(before, gradient);
  }

  /** The gradients of a call's results, which go; null if there are none. */
  @Nullable Tensor @Nullable [] take(Call call) {
    return ofCalls.remove(call);
  }

  /** Adds the leaves' gradients to those that they have from earlier passes. */
  void settle() {
    ofLeaves.forEach(
        (leaf, gradient) -> {
          Tensor before = leaf.grad();
          leaf.setGrad(before == null ? gradient : sumAndClose(before, gradient));
        });
  }

  private static Tensor sumAndClose(Tensor a, Tensor b) {
    Tensor sum = Tensor.like(a);
    Broadcast plain = Broadcast.of(a.shape(), b.shape(), a.shape());
    a.backend().binary(Binary.ADD, plain, a.buffer(), b.buffer(), sum.buffer());
    a.close();
    b.close();
    return sum;
  }
}
