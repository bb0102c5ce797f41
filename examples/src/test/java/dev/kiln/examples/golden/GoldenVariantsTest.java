package dev.kiln.examples.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.examples.Devices;
import dev.kiln.examples.golden.Verdict.Outcome;
import dev.kiln.gpu.VariantWalk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reference cases by every variant that a device could choose for them. */
class GoldenVariantsTest {
  /**
   * @param but what takes minutes there, and is run on the other device with the same kernels: an
   *     OpenCL compiler is slow at long programs, the mock at a launch of many threads
   */
  @ParameterizedTest(name = "{0} with the kernels for {1}s")
  @CsvSource({
    "opencl:0, cpu, none",
    "opencl:0, gpu, recurrent=sequence_.*",
    "cuda:0, gpu, conv_weight_gradient=direct"
  })
  void everyVariantAgreesWithPyTorch(String id, String kernels, String but) throws IOException {
    System.setProperty("kiln.gpu.kernels", kernels);
    try (GoldenSet set = GoldenSet.chosen();
        Device device = Devices.open(id)) {
      VariantWalk walk = new VariantWalk(device);
      GoldenCheck check = new GoldenCheck(set, device);
      Map<String, Set<String>> trials = new TreeMap<>();
      for (String name : set.cases().keySet()) {
        if (kernels.equals("gpu") && name.startsWith("train/")) {
          continue; // whole nets, which take kernels for GPUs minutes on a CPU
        }
        for (String variant :
            walk.offeredIn(() -> assertNoneFails(check, Set.of(name), "own choice"))) {
          trials.computeIfAbsent(variant, key -> new TreeSet<>()).add(name);
        }
      }
      assertThat(trials).isNotEmpty();
      trials.forEach(
          (variant, names) -> {
            if (!variant.matches(but)) {
              assertThat(walk.takes(variant, () -> assertNoneFails(check, names, variant)))
                  .as(variant)
                  .isTrue();
            }
          });
    } finally {
      System.clearProperty("kiln.gpu.kernels");
    }
  }

  private static void assertNoneFails(GoldenCheck check, Set<String> names, String variant) {
    try {
      List<Verdict> verdicts = check.run(names::contains, verdict -> {});
      assertThat(verdicts)
          .as(variant)
          .filteredOn(verdict -> verdict.outcome() == Outcome.FAILED)
          .isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
