package dev.kiln;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Frees the tensors and recordings that were made in it, at its end: one around a training step
 * keeps memory flat. In the spirit of the JDK's {@code Arena}; for one thread.
 *
 * <pre>{@code
 * try (Scope step = device.scope()) {
 *   Tensor loss = Losses.crossEntropy(net.forward(x), labels);
 *   loss.backward();
 *   optimizer.step();
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
  private final Device device;
  private final @Nullable Scope outer;
  private final Thread owner = Thread.currentThread();
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<Recording> recordings = new ArrayList<>();
  private int compactAt = 64;
  private boolean closed;

  Scope(Device device, @Nullable Scope outer) {
    this.device = device;
    this.outer = outer;
    device.enter(this);
  }

  /**
   * Carries a tensor out: it now belongs to the scope around this one, or, where there is none, to
   * whoever holds it.
   *
   * @return {@code tensor}
   */
  public Tensor keep(Tensor tensor) {
    tensor.moveTo(outer);
    return tensor;
  }

  void add(Tensor tensor) {
    if (closed) {
      throw new IllegalStateException("scope: it is closed; a tensor cannot move into it");
    }
    if (tensors.size() >= compactAt) {
      // a long-lived scope takes in a gradient a step and must not remember the closed ones
      tensors.removeIf(held -> held.owner() != this || held.isClosed());
      compactAt = Math.max(64, 2 * tensors.size());
    }
    tensors.add(tensor);
  }

  /**
   * Carries a recording out, likewise.
   *
   * @return {@code recording}
   */
  public Recording keep(Recording recording) {
    if (recordings.remove(recording) && outer != null) {
      outer.recordings.add(recording);
    }
    return recording;
  }

  void add(Recording recording) {
    recordings.add(recording);
  }

  /** How many tensors it has taken and not let go. */
  int size() {
    int held = 0;
    for (Tensor tensor : tensors) {
      held += tensor.owner() == this && !tensor.isClosed() ? 1 : 0;
    }
    return held;
  }

  /**
   * Frees what was made in it.
   *
   * @throws IllegalStateException from another thread, or while a scope inside it is open
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "scope: opened by thread \"" + owner.getName() + "\", closed by another");
    }
    if (device.currentScope() != this) {
      throw new IllegalStateException("scope: a scope inside it is still open; close that first");
    }
    closed = true;
    device.enter(outer);
    recordings.forEach(Recording::close);
    for (int i = tensors.size() - 1; i >= 0; i--) {
      Tensor tensor = tensors.get(i);
      if (tensor.owner() == this) {
        tensor.close();
      }
    }
    tensors.clear();
  }
}
