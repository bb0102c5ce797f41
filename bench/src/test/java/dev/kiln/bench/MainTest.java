package dev.kiln.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bench.work.Work;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Param;

class MainTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      classes = {
        Gemm.class,
        Conv.class,
        Pool.class,
        Recurrent.class,
        Elementwise.class,
        TrainStep.class
      })
  void theWorksOfAFamilyAreReadable(Class<? extends Comparison> family) throws Exception {
    for (String name : family.getField("work").getAnnotation(Param.class).value()) {
      Work work = Work.parse(name);
      assertThat(work.name()).isEqualTo(name);
      assertThat(work.family()).isEqualTo(family.getSimpleName());
    }
  }

  @Test
  void allEnginesDoAWorkBeforeTheNextOne() throws Exception {
    Path file = folder.resolve("results.json");
    measure(file, "sgemm-8,relu-8");
    List<String> order =
        Pattern.compile("\"(engine|work)\" : \"([^\"]*)\"")
            .matcher(Files.readString(file))
            .results()
            .map(match -> match.group(2))
            .toList();
    assertThat(order)
        .containsExactly(
            "kiln-cpu:scalar",
            "relu-8",
            "kiln-cpu",
            "relu-8",
            "kiln-cpu:scalar",
            "sgemm-8",
            "kiln-cpu",
            "sgemm-8");
  }

  @Test
  void aWorkThatCannotBeReadIsRefusedBeforeAnyIsTimed() {
    Path file = folder.resolve("results.json");
    assertThatThrownBy(() -> measure(file, "relu-8,sgemm-x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is no work \"sgemm-x\"");
    assertThat(file).doesNotExist();
  }

  @Test
  void aFamilyThatHasNotTheWorkSaysSo() {
    assertThatThrownBy(() -> Main.main(new String[] {"Gemm", "-p", "work=relu-8"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is nothing to measure");
  }

  private static void measure(Path file, String works) throws Exception {
    Main.main(
        new String[] {
          "-f",
          "0",
          "-wi",
          "0",
          "-i",
          "1",
          "-r",
          "1ms",
          "-v",
          "SILENT",
          "-p",
          "engine=kiln-cpu:scalar,kiln-cpu",
          "-p",
          "work=" + works,
          "-rf",
          "json",
          "-rff",
          file.toString()
        });
  }
}
