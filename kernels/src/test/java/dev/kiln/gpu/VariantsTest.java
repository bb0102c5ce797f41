package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.cases.CaseCheck;
import dev.kiln.cases.Cases;
import dev.kiln.cases.OpCase;
import dev.kiln.gpu.cuda.MockCuda;
import dev.kiln.gpu.opencl.OpenClProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases by every variant that a plan might choose, not only by the one that it does. */
final class VariantsTest {
  /** Cases that a variant is tried at, spread over all that it is a candidate for. */
  private static final int TRIALS = 4;

  /** Elements of a case that is tried: larger ones take the mock's threads too long. */
  private static final int LARGEST = 2000;

  /** Of the recurrent kernels for whole sequences, which an OpenCL compiler takes long for. */
  private static final String LONG_TO_COMPILE = "recurrent=sequence_(96|1|.*x[23]).*";

  private @Nullable Device device;

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
    MockCuda.reset();
  }

  @ParameterizedTest(name = "{0} with the kernels for {1}s")
  @CsvSource({
    "opencl, cpu, lanes=8 max=single sum=lanes wide_conv=winograd wide_gemm=thin",
    "opencl, gpu, conv_forward=64/2 conv_weight_gradient=winograd_2 gemm=128/2 recurrent=step_16",
    "cuda, gpu, conv_forward=winograd_4 conv_input_gradient=32/2 gemm=128/2 recurrent=sequence_64x2"
  })
  void casesPassByEveryVariant(String api, String kernels, String some) {
    device = open(api, kernels);
    CaseCheck check = new CaseCheck(device);
    VariantWalk walk = new VariantWalk(device);

    Map<String, List<OpCase>> trials = new TreeMap<>();
    for (OpCase opCase : Cases.all().filter(each -> each.elements() <= LARGEST).toList()) {
      for (String variant : walk.offeredIn(() -> check.check(opCase))) {
        trials.computeIfAbsent(variant, key -> new ArrayList<>()).add(opCase);
      }
    }
    assertThat(trials).containsKeys(some.split(" "));

    trials.forEach(
        (variant, cases) -> {
          String[] name = variant.split("=");
          assertThat(Family.of(name[0]).knows(name[1])).as(variant).isTrue();
          if (api.equals("opencl") && variant.matches(LONG_TO_COMPILE)) {
            return;
          }
          boolean taken =
              walk.takes(
                  variant,
                  () -> {
                    for (int i = 0; i < Math.min(TRIALS, cases.size()); i++) {
                      OpCase opCase = cases.get((int) ((long) i * cases.size() / TRIALS));
                      assertThat(opCase).as(variant).satisfies(each -> check.check(each));
                    }
                  });
          assertThat(taken).as(variant).isTrue();
        });
  }

  private static Device open(String api, String kernels) {
    if (api.equals("cuda")) {
      MockCuda.install();
      return Device.open(api);
    }
    String problem = new OpenClProvider().survey().problem();
    if (problem != null) {
      throw Requirement.missing(api, problem);
    }
    System.setProperty("kiln.gpu.kernels", kernels);
    try {
      return Device.open(api);
    } finally {
      System.clearProperty("kiln.gpu.kernels");
    }
  }
}
