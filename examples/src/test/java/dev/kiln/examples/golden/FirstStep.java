package dev.kiln.examples.golden;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.examples.golden.GoldenCase.Expected;
import dev.kiln.examples.golden.GoldenCase.Output;
import dev.kiln.io.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The first step of a reference case's training run: its logits, its loss, and all gradients. */
final class FirstStep {
  private final GoldenCase run;

  /** Of the run in {@code folder}. */
  FirstStep(Path folder) throws IOException {
    run = GoldenCase.read(folder);
  }

  /** What a device computes otherwise than PyTorch. */
  List<String> differences(Device device) {
    List<String> differences = new ArrayList<>();
    try (Scope scope = device.scope()) {
      Map<String, HostTensor> results = TrainingRun.begin(run, device).take(1);
      for (Output output : run.outputs()) {
        HostTensor result = results.remove(output.expected().name());
        if (result != null) {
          Expected expected = ofFirstStep(output.expected());
          String difference = Comparison.of(expected.name(), expected, result).difference();
          if (difference != null) {
            differences.add(run.id() + ": " + difference);
          }
        }
      }
      results
          .keySet()
          .forEach(name -> differences.add(run.id() + ": nothing to compare " + name + " with"));
    } catch (UnsupportedCaseException e) {
      differences.add(run.id() + ": " + e.getMessage());
    }
    return differences;
  }

  private static Expected ofFirstStep(Expected whole) {
    if (!whole.name().equals("losses")) {
      return whole;
    }
    HostTensor loss = HostTensor.of(Arrays.copyOf(whole.values().floats(), 1), 1);
    return new Expected(whole.name(), loss, whole.atol(), whole.rtol());
  }
}
