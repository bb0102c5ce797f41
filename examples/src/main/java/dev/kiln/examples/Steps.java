package dev.kiln.examples;

import dev.kiln.Device;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A training step, recorded for each combination of its inputs' shapes: an epoch's last batch may
 * be smaller than the others.
 */
public final class Steps {
  private final Device device;
  private final Recording.Step step;
  private final boolean eager;
  private final Map<List<Shape>, Recording> recordings = new HashMap<>();

  Steps(Device device, Recording.Step step, boolean eager) {
    this.device = device;
    this.step = step;
    this.eager = eager;
  }

  /**
   * Takes it once.
   *
   * @param scope that of this step; recordings belong to the one around it
   * @return its results, which may be overwritten by the next step of these shapes
   */
  public List<Tensor> take(Scope scope, Tensor... inputs) {
    if (eager) {
      return step.take(List.of(inputs));
    }
    List<Shape> shapes = Arrays.stream(inputs).map(Tensor::shape).toList();
    Recording recording = recordings.get(shapes);
    if (recording == null) {
      recording = scope.keep(device.record(step));
      recordings.put(shapes, recording);
    }
    return recording.run(inputs);
  }
}
