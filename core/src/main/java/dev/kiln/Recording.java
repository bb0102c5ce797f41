package dev.kiln;

import dev.kiln.backend.Recorder;
import dev.kiln.backend.StridedCopy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A step that is taken over and over on tensors of the same shapes, made by {@link Device#record}.
 * Its first run is an ordinary one, in which optimizers make their states and kernels are built.
 * The second is taken down call by call, and from then on the calls are replayed: no shape is
 * checked, no tape kept, no tensor made. On CUDA a replay is one graph.
 *
 * <pre>{@code
 * try (Recording step = device.record(in -> {
 *   Tensor loss = Losses.crossEntropy(net.forward(in.get(0)), in.get(1));
 *   adam.zeroGrad();
 *   loss.backward();
 *   adam.step();
 *   return List.of(loss);
 * })) {
 *   for (Batch batch : loader) {
 *     float loss = step.run(batch.input(), batch.target()).get(0).item();
 *   }
 * }
 * }</pre>
 *
 * <p>Every run gives the bits that the step itself would give. What changes from run to run does so
 * in a replay: learning rates and other numbers of an optimizer, its count of steps, the masks of
 * dropout. Parameters have the gradients that the run has left; an input's are the recording's own,
 * to be returned by the step. What the step does besides calling Kiln, it does in the first two
 * runs alone: a number that it works out in Java stays what it was in the second. A run that is
 * refused counts for nothing, neither as a step of an optimizer nor as a draw of dropout. Runs are
 * taken one at a time.
 *
 * <p>It ends with the scope that was open when it was made, or earlier with {@link #close}. Tensors
 * from outside that the step uses, its parameters for one, stay in memory until then, even if they
 * are closed before.
 */
public final class Recording implements AutoCloseable {
  /** What is recorded. */
  @FunctionalInterface
  public interface Step {
    /**
     * @param inputs what {@link Recording#run} was given, or copies
     * @return what {@link Recording#run} returns
     */
    List<Tensor> take(List<Tensor> inputs);
  }

  private final Device device;
  private final Step step;
  private final List<FixedInput> inputs = new ArrayList<>();
  private List<Varying<?>> varying = List.of();
  private LeafGradients gradients = new LeafGradients();
  private List<Tensor> results = List.of();
  private List<Tensor> own = List.of();
  private Recorder.@Nullable Replay replay;
  private boolean begun;
  private boolean closed;

  Recording(Device device, Step step) {
    this.device = device;
    this.step = step;
    Scope scope = device.currentScope();
    if (scope != null) {
      scope.add(this);
    }
  }

  /**
   * Takes the step.
   *
   * @param given on this device, from run to run of the same shapes and dtypes; a replay copies
   *     them
   * @return the step's results, off the tape. They hold until the next run, which overwrites them,
   *     and end with this recording
   * @throws ShapeException if an input is not of the shape that it had in the first run
   * @throws IllegalArgumentException if there are more or fewer of them, or one is on another
   *     device
   * @throws IllegalStateException if the step cannot be taken down: it reads values back in its
   *     middle, makes tensors of values of the host, or adds to gradients of the step before. Also
   *     if a gradient has come from elsewhere that the step would use, and did not when it was
   *     taken down
   */
  public List<Tensor> run(Tensor... given) {
    if (closed) {
      throw new IllegalStateException("recording: it is closed");
    }
    Taking.refuseHere("it runs another recording in its middle; take that one's step instead");
    checkDevice(given);
    if (!begun) {
      runEagerly(given);
      begun = true;
      return results;
    }
    check(given);
    Recorder.Replay calls = replay;
    if (calls == null) {
      calls = record(given);
    } else {
      bring(given);
      gradients.check();
      Varying.advance(varying);
    }
    try {
      calls.run();
    } catch (RuntimeException e) {
      Varying.goBack(varying);
      throw e;
    }
    gradients.restore();
    return results;
  }

  private void runEagerly(Tensor... given) {
    try (Scope scope = device.scope()) {
      keep(scope, step.take(List.of(given)), result -> false);
    }
    for (Tensor input : given) {
      inputs.add(new FixedInput(inputs.size(), input));
    }
  }

  private Recorder.Replay record(Tensor... given) {
    for (int i = 0; i < given.length; i++) {
      inputs.get(i).begin(given[i]);
    }
    closeOwn(); // only now: the results of the first run may be the inputs of this one
    try (Taking taking = device.take()) {
      try (Scope scope = device.scope()) {
        List<Tensor> made = step.take(inputs.stream().map(FixedInput::tensor).toList());
        keep(scope, made, taking::hasMade);
      }
      Recorder.Replay calls = taking.finish();
      varying = taking.varying();
      gradients = taking.gradients();
      replay = calls;
      return calls;
    }
  }

  /**
   * Results that the step made belong to the recording and are off the tape, whose other tensors
   * have gone; others are whose they were.
   */
  private void keep(Scope scope, @Nullable List<Tensor> made, Predicate<Tensor> recorded) {
    if (made == null) {
      throw new IllegalArgumentException(
          "recording: the step has returned null; List.of() is for a step without results");
    }
    List<Tensor> all = new ArrayList<>();
    List<Tensor> mine = new ArrayList<>();
    for (Tensor result : made) {
      boolean local = result.owner() == scope;
      // a gradient, say, that was made here and moved out: others may close it under this name
      Tensor kept = !local && recorded.test(result) ? result.detach() : result;
      all.add(kept);
      if (local || kept != result) {
        kept.leaveTape();
        kept.moveTo(null);
        mine.add(kept);
      }
    }
    results = List.copyOf(all);
    own = mine;
  }

  private void closeOwn() {
    own.forEach(Tensor::close);
    own = List.of();
  }

  /**
   * Copies the inputs to their places. What the step before returned may itself be such a place,
   * which is then read before it is overwritten.
   */
  private void bring(Tensor... given) {
    Tensor[] from = given;
    for (int i = 1; i < given.length; i++) {
      for (FixedInput earlier : inputs.subList(0, i)) {
        if (earlier.isPlaceOf(given[i])) {
          from = from == given ? given.clone() : from;
          from[i] = Tensor.like(given[i]);
          device
              .backend()
              .copy(StridedCopy.plain(given[i].size()), given[i].buffer(), from[i].buffer());
          break;
        }
      }
    }
    for (int i = 0; i < from.length; i++) {
      inputs.get(i).set(from[i]);
      if (from[i] != given[i]) {
        from[i].close();
      }
    }
  }

  private void checkDevice(Tensor... given) {
    for (int i = 0; i < given.length; i++) {
      if (given[i].device() != device) {
        throw new IllegalArgumentException(
            "recording: input "
                + i
                + " is "
                + given[i]
                + ", and the recording was made on "
                + device.info().id()
                + " (another Device, even if it has the same name)");
      }
    }
  }

  private void check(Tensor... given) {
    if (given.length != inputs.size()) {
      throw new IllegalArgumentException(
          "recording: "
              + given.length
              + " inputs; the first run was given "
              + inputs.size()
              + ": "
              + Arrays.toString(given));
    }
    for (int i = 0; i < given.length; i++) {
      inputs.get(i).check(given[i]);
    }
  }

  /** Frees what the recording holds. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeOwn();
      inputs.forEach(FixedInput::close);
      if (replay != null && !device.isClosed()) {
        replay.close();
      }
    }
  }
}
