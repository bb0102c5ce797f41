package dev.kiln.examples.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.examples.Devices;
import dev.kiln.examples.golden.Verdict.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reference case on every backend; {@code -Dkiln.golden} names a folder with more. */
class GoldenTest {
  /** What may be unsupported beside whole families: cases of these. */
  private static final Set<String> PARTLY = Set.of("optimizer", "train");

  @ParameterizedTest
  @ValueSource(strings = {"cpu:vector", "cpu:scalar", "opencl:0", "cuda:0"})
  void everyReferenceCaseAgreesWithPyTorch(String id) throws IOException {
    try (GoldenSet set = GoldenSet.chosen();
        Device device = Devices.open(id)) {
      List<Verdict> verdicts = new GoldenCheck(set, device).run(name -> true, verdict -> {});

      assertThat(verdicts).filteredOn(verdict -> verdict.outcome() == Outcome.FAILED).isEmpty();
      assertThat(verdicts).anyMatch(verdict -> verdict.outcome() == Outcome.PASSED);
      assertThat(verdicts)
          .filteredOn(verdict -> verdict.outcome() == Outcome.UNSUPPORTED)
          .allMatch(
              verdict -> PARTLY.contains(verdict.op()) || Operators.named(verdict.op()) == null);
    }
  }
}
