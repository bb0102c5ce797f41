package dev.kiln.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildLogTest {
  private static final String SOURCE =
      "#line 1 \"dialect/opencl.h\"\nheader one\nheader two\n"
          + "#line 1 \"gemm.cl\"\nfirst\nsecond\n  third;\n";

  @Test
  void findsTheLineOfTheFileThatTheLogNames() {
    assertThat(BuildLog.culprit(SOURCE, "gemm.cl:3:5: error: what?"))
        .isEqualTo("gemm.cl:3: third;");
    assertThat(BuildLog.culprit(SOURCE, "dialect/opencl.h:2:1: fatal error: no"))
        .isEqualTo("opencl.h:2: header two");
  }

  @Test
  void readsPoclsOrderOfWords() {
    assertThat(BuildLog.culprit(SOURCE, "error: gemm.cl:2:25: use of undeclared identifier 'z'"))
        .isEqualTo("gemm.cl:2: second");
  }

  @Test
  void warningsAreNotToBlame() {
    assertThat(BuildLog.culprit(SOURCE, "gemm.cl:1:5: warning: so\ngemm.cl:2:1: error: no"))
        .isEqualTo("gemm.cl:2: second");
  }

  @Test
  void saysNothingWhereTheLogNamesNoLine() {
    assertThat(BuildLog.culprit(SOURCE, "internal compiler error")).isNull();
    assertThat(BuildLog.culprit(SOURCE, "other.cl:3:5: error: what?")).isNull();
    assertThat(BuildLog.culprit(SOURCE, "gemm.cl:99:5: error: what?")).isNull();
  }
}
