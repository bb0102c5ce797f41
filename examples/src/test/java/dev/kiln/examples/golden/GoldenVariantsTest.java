package dev.kiln.examples.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.examples.Devices;
import dev.kiln.examples.golden.Verdict.Outcome;
import dev.kiln.gpu.VariantWalk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The reference cases by every variant that a device could choose for them. Of training runs by
 * kernels for GPUs the first step, with every gradient: all twenty take minutes on a CPU.
 */
class GoldenVariantsTest {
  /**
   * @param but variants and cases that take minutes there, and are run on the other device with the
   *     same kernels: an OpenCL compiler is slow at long programs, the mock at many threads
   */
  @ParameterizedTest(name = "{0} with the kernels for {1}s")
  @CsvSource({
    "opencl:0, cpu, none",
    "opencl:0, gpu, recurrent=sequence_.*",
    "cuda:0, gpu, conv_weight_gradient=direct .*"
        + "|conv_weight_gradient=direct/.* train/.*|.* train/inception"
  })
  void everyVariantAgreesWithPyTorch(String id, String kernels, String but) throws IOException {
    System.setProperty("kiln.gpu.kernels", kernels);
    try (GoldenSet set = GoldenSet.chosen();
        Device device = Devices.open(id)) {
      Cases cases = new Cases(new GoldenCheck(set, device), device, new TreeMap<>());
      VariantWalk walk = new VariantWalk(device);
      Map<String, Set<String>> trials = new TreeMap<>();
      for (Map.Entry<String, Path> found : set.cases().entrySet()) {
        String name = found.getKey();
        if (kernels.equals("gpu") && name.startsWith("train/")) {
          cases.firstSteps.put(name, new FirstStep(found.getValue()));
        }
        for (String variant : walk.offeredIn(() -> cases.check(Set.of(name), "own choice"))) {
          if (!(variant + " " + name).matches(but)) {
            trials.computeIfAbsent(variant, key -> new TreeSet<>()).add(name);
          }
        }
      }
      assertThat(trials).isNotEmpty();
      trials.forEach(
          (variant, names) ->
              assertThat(walk.takes(variant, () -> cases.check(names, variant)))
                  .as(variant)
                  .isTrue());
    } finally {
      System.clearProperty("kiln.gpu.kernels");
    }
  }

  /**
   * @param firstSteps of the cases that are not run as a whole
   */
  private record Cases(GoldenCheck whole, Device device, Map<String, FirstStep> firstSteps) {
    void check(Set<String> names, String variant) {
      firstSteps.forEach(
          (name, step) -> {
            if (names.contains(name)) {
              assertThat(step.differences(device)).as(variant + " " + name).isEmpty();
            }
          });
      if (firstSteps.keySet().containsAll(names)) {
        return;
      }
      try {
        List<Verdict> verdicts =
            whole.run(name -> names.contains(name) && !firstSteps.containsKey(name), verdict -> {});
        assertThat(verdicts)
            .as(variant)
            .filteredOn(verdict -> verdict.outcome() == Outcome.FAILED)
            .isEmpty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
