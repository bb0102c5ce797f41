package dev.kiln;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gradients that a recorded step finds at leaves, and those that it leaves there. A replay
 * makes no tensors, so it is here that the leaves come by the gradients that the step would have
 * left, and that one is noticed that the step would have added to.
 */
final class LeafGradients implements AutoCloseable {
  private final Map<Tensor, Leaf> leaves = new LinkedHashMap<>();
  private final List<Leaf> replayed = new ArrayList<>();

  /** Those of them that depend on what they find: mostly none. */
  private final List<Leaf> depending = new ArrayList<>();

  private static final class Leaf {
    final Tensor tensor;

    /** Whether a run depends on what it finds; it does not if it frees that first. */
    boolean depends;

    final @Nullable Tensor found;

    /** What the step leaves, kept for all runs, and the same under the name that the leaf has. */
    @Nullable Tensor left;

    @Nullable Tensor shown;

    Leaf(Tensor tensor, boolean depends) {
      this.tensor = tensor;
      this.depends = depends;
      this.found = depends ? tensor.gradient() : null;
    }

    boolean isAsFound() {
      return tensor.gradient() == found;
    }

    void finish() {
      if (found != null && isAsFound()) {
        return;
      }
      depends &= found == null; // what was found has been freed, and no call uses it
      Tensor gradient = tensor.gradient();
      if (gradient != null) {
        left = gradient.detach();
        left.moveTo(null);
        shown = gradient;
      }
    }

    void restore() {
      if (depends && found != null) {
        return;
      }
      if (left == null) {
        tensor.clearGrad();
      } else if (tensor.gradient() != shown) {
        shown = left.detach();
        tensor.setGrad(shown);
      }
    }
  }

  /** The step asks for a leaf's gradient. */
  void looked(Tensor leaf) {
    leaves.computeIfAbsent(leaf, tensor -> new Leaf(tensor, true));
  }

  /** The step frees it, or sets another. */
  void overwritten(Tensor leaf) {
    leaves.computeIfAbsent(leaf, tensor -> new Leaf(tensor, false));
  }

  /** The step has been taken down. */
  void finish() {
    for (Leaf leaf : leaves.values()) {
      if (!leaf.tensor.isClosed()) {
        leaf.finish();
        replayed.add(leaf);
        if (leaf.depends) {
          depending.add(leaf);
        }
      }
    }
    leaves.clear();
  }

  /** It cannot be taken down: the gradients that it made have never been computed. */
  void abandon() {
    for (Leaf leaf : leaves.values()) {
      Tensor gradient = leaf.tensor.gradient();
      if (gradient != null && (!leaf.isAsFound() || gradient.isClosed())) {
        leaf.tensor.clearGrad();
      }
    }
    leaves.clear();
  }

  /**
   * Before a replay.
   *
   * @throws IllegalStateException if a leaf's gradient is not the one that was recorded with
   */
  void check() {
    for (Leaf leaf : depending) {
      if (!leaf.isAsFound() && !leaf.tensor.isClosed()) {
        throw new IllegalStateException(
            leaf.found == null
                ? "recording: "
                    + leaf.tensor
                    + " had no gradient when the step was recorded, and has one now, to which the"
                    + " step would add; call zeroGrad() in the step, before backward()"
                : "recording: the step uses a gradient of "
                    + leaf.tensor
                    + " from outside, and that is another tensor than when it was recorded; call"
                    + " backward() in the step");
      }
    }
  }

  /** After a replay: leaves have the gradients that the step has left. */
  void restore() {
    for (Leaf leaf : replayed) {
      if (!leaf.tensor.isClosed()) {
        leaf.restore();
      }
    }
  }

  @Override
  public void close() {
    for (Leaf leaf : replayed) {
      if (leaf.left != null) {
        leaf.left.close();
      }
    }
    replayed.clear();
    depending.clear();
  }
}
