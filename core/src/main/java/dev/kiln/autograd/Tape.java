package dev.kiln.autograd;

import dev.kiln.Tensor;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Define-by-run differentiation: ops record how their results came about, and {@link #backward}
 * walks that in reverse. It knows nothing of any op.
 */
public final class Tape {
  private static final ThreadLocal<Boolean> PAUSED = ThreadLocal.withInitial(() -> false);

  private Tape() {}

  /** Ends a pause. */
  public interface Pause extends AutoCloseable {
    @Override
    void close();
  }

  /** Nothing is recorded on this thread until the pause is closed: for evaluation. */
  public static Pause pause() {
    boolean before = PAUSED.get();
    PAUSED.set(true);
    return () -> PAUSED.set(before);
  }

  /** Whether a result computed from {@code inputs} now would be recorded. */
  public static boolean records(Tensor... inputs) {
    if (PAUSED.get()) {
      return false;
    }
    for (Tensor input : inputs) {
      if (input.requiresGrad()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Notes that {@code y} was computed from {@code x}.
   *
   * @return {@code y}
   */
  public static Tensor record(Tensor y, Tensor x, UnaryOperator<Tensor> gradient) {
    return record(y, new Tensor[] {x}, dy -> new Tensor[] {gradient.apply(dy)});
  }

  /**
   * Notes that {@code y} was computed from several tensors. An op calls it last, so here is also
   * where its operands, and what its gradient holds, are known to be in use no longer: before, the
   * cleaner must not take them for garbage while the backend still reads their buffers.
   */
  public static Tensor record(Tensor y, Tensor[] inputs, Gradients gradients) {
    if (records(inputs)) {
      y.setNode(new Node(inputs, gradients));
    }
    for (Tensor input : inputs) {
      Reference.reachabilityFence(input);
    }
    Reference.reachabilityFence(gradients);
    return y;
  }

  /**
   * Adds to the gradient of every leaf that {@code result} was computed from.
   *
   * @param gradient of the result, null for ones
   * @throws IllegalStateException if nothing was recorded
   */
  public static void backward(Tensor result, @Nullable Tensor gradient) {
    if (!result.requiresGrad()) {
      throw new IllegalStateException(
          "backward: nothing was recorded for "
              + result
              + ": no input requires a gradient, or the tape was paused");
    }
    try (Pause pause = pause()) {
      Tensor seed =
          gradient != null
              ? gradient.detach()
              : Tensor.full(result.device(), 1, result.shape().toArray());
      Map<Tensor, Tensor> pending = new IdentityHashMap<>();
      pending.put(result, seed);
      for (Tensor y : reversed(result)) {
        Tensor dy = pending.remove(y);
        if (dy != null) {
          step(y, dy, pending);
        }
      }
    }
  }

  private static void step(Tensor y, Tensor dy, Map<Tensor, Tensor> pending) {
    Node node = y.node();
    if (node == null) {
      Tensor before = y.grad();
      y.setGrad(before == null ? dy : sumAndClose(before, dy));
      return;
    }
    @Nullable Tensor[] gradients = node.gradients.of(dy);
    for (int i = 0; i < node.inputs.length; i++) {
      Tensor input = node.inputs[i];
      Tensor dx = gradients[i];
      if (dx == null || !input.requiresGrad()) {
        continue;
      }
      if (!dx.shape().equals(input.shape())) {
        throw new IllegalStateException(
            "backward: an op gave " + dx.shape() + " as the gradient of " + input.shape());
      }
      // a gradient that is dy itself is shared, so that closing dy below does not end it
      Tensor own = dx == dy ? dy.detach() : dx;
      Tensor before = pending.get(input);
      pending.put(input, before == null ? own : sumAndClose(before, own));
    }
    Reference.reachabilityFence(node);
    dy.close();
  }

  private static Tensor sumAndClose(Tensor a, Tensor b) {
    Tensor sum = sum(a, b);
    a.close();
    b.close();
    return sum;
  }

  private static Tensor sum(Tensor a, Tensor b) {
    Tensor sum = Tensor.like(a);
    Broadcast plain = Broadcast.of(a.shape(), b.shape(), a.shape());
    a.backend().binary(Binary.ADD, plain, a.buffer(), b.buffer(), sum.buffer());
    return sum;
  }

  /** Everything that {@code result} depends on and wants a gradient, latest first, leaves last. */
  private static List<Tensor> reversed(Tensor result) {
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Tensor> found = new ArrayList<>();
    List<Tensor> open = new ArrayList<>(List.of(result));
    while (!open.isEmpty()) {
      Tensor tensor = open.remove(open.size() - 1);
      if (!tensor.requiresGrad() || !seen.add(tensor)) {
        continue;
      }
      found.add(tensor);
      Node node = tensor.node();
      if (node != null) {
        open.addAll(List.of(node.inputs));
      }
    }
    found.sort(Comparator.comparingLong(Tape::age));
    return found;
  }

  private static long age(Tensor tensor) {
    Node node = tensor.node();
    return node == null ? 0 : -node.time;
  }
}
