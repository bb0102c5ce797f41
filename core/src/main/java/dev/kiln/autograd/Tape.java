package dev.kiln.autograd;

import dev.kiln.Tensor;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
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
   * Notes that {@code y} was computed from several tensors.
   *
   * @return {@code y}
   */
  public static Tensor record(Tensor y, Tensor[] inputs, Gradients gradients) {
    record(new Tensor[] {y}, inputs, dy -> gradients.of(Objects.requireNonNull(dy[0])));
    Reference.reachabilityFence(gradients);
    return y;
  }

  /**
   * Notes that one call of an op computed several results. An op calls this, or one of the others,
   * last, so here is also where its operands, and what its gradients hold, are known to be in use
   * no longer: before, the cleaner must not take them for garbage while the backend still reads
   * their buffers.
   *
   * @param results float32; those that the loss turns out not to depend on get no gradient
   */
  public static void record(Tensor[] results, Tensor[] inputs, JointGradients gradients) {
    if (records(inputs)) {
      Call call = new Call(inputs, results.length, gradients);
      for (int i = 0; i < results.length; i++) {
        results[i].setNode(new Node(call, i));
      }
    }
    for (Tensor input : inputs) {
      Reference.reachabilityFence(input);
    }
    Reference.reachabilityFence(gradients);
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
      Pending pending = new Pending();
      pending.add(result, seed);
      for (Call call : reversed(result)) {
        @Nullable Tensor[] dy = pending.take(call);
        if (dy != null) {
          step(call, dy, pending);
        }
      }
      pending.settle();
    }
  }

  private static void step(Call call, @Nullable Tensor[] dy, Pending pending) {
    @Nullable Tensor[] gradients = call.gradients.of(dy);
    for (int i = 0; i < call.inputs.length; i++) {
      Tensor input = call.inputs[i];
      Tensor dx = gradients[i];
      if (dx == null || !input.requiresGrad()) {
        continue;
      }
      if (!dx.shape().equals(input.shape())) {
        throw new IllegalStateException(
            "backward: an op gave " + dx.shape() + " as the gradient of " + input.shape());
      }
      // a gradient that came in is shared, so that closing it below does not end it
      pending.add(input, Arrays.asList(dy).contains(dx) ? dx.detach() : dx);
    }
    Reference.reachabilityFence(call);
    for (Tensor given : dy) {
      if (given != null) {
        given.close();
      }
    }
  }

  /** The calls that {@code result} depends on and that want gradients, latest first. */
  private static List<Call> reversed(Tensor result) {
    Set<Call> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Call> found = new ArrayList<>();
    List<Tensor> open = new ArrayList<>(List.of(result));
    while (!open.isEmpty()) {
      Node node = open.remove(open.size() - 1).node();
      if (node != null && seen.add(node.call)) {
        found.add(node.call);
        open.addAll(Arrays.asList(node.call.inputs));
      }
    }
    found.sort(Comparator.comparingLong(call -> -call.time));
    return found;
  }
}
