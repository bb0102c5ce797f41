package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;
import org.junit.jupiter.api.Test;

class ProgramCatalogTest {
  @Test
  void everyShippedProgramHasACompleteText() {
    assertThat(ProgramCatalog.shipped().programs()).isNotEmpty();
    for (KernelProgram program : ProgramCatalog.shipped().programs()) {
      assertThat(program.openClSource()).as(program.name()).contains("KERNEL(", "#define KERNEL(");
      assertThat(program.openClSource()).as(program.name()).doesNotContain("#include");
    }
  }

  @Test
  void everyShippedProgramHasItsPtx() {
    for (KernelProgram program : ProgramCatalog.shipped().programs()) {
      assertThat(program.ptx()).startsWith("// kiln program: " + program.name() + "\n");
    }
  }

  @Test
  void tunablesStandBeforeTheKernelText() {
    KernelProgram program = ProgramCatalog.shipped().program("fill_copy");
    assertThat(program.tunable("WG")).isEqualTo(256);
    assertThat(program.openClSource())
        .containsSubsequence("#define WG 256\n#line 1 \"fill_copy.cl\"\n", "KERNEL(WG) fill(");
  }

  @Test
  void linesKeepTheirNumbersAfterAnInclude() {
    String source = TestPrograms.program("test_reduce").openClSource();
    assertThat(source).contains("#line 3 \"reduce.cl\"\n// line three");
    assertThat(source).contains("DEVICE_FN float group_sum");
  }

  @Test
  void anUnknownProgramIsNamed() {
    assertThatThrownBy(() -> ProgramCatalog.shipped().program("nothing"))
        .hasMessageContaining("no program nothing");
  }

  @Test
  void anUnknownTunableIsNamed() {
    assertThatThrownBy(() -> ProgramCatalog.shipped().program("fill_copy").tunable("TILE"))
        .hasMessage("program fill_copy does not define TILE");
  }
}
