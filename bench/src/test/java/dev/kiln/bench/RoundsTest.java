package dev.kiln.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;

class RoundsTest {
  @Test
  void roundsOfOneEngineAndWorkAreForksOfOneResult() throws Exception {
    Rounds rounds = new Rounds();
    rounds.add(round());
    rounds.add(round());
    List<RunResult> joined = rounds.joined();
    assertThat(joined).hasSize(1);
    assertThat(joined.get(0).getParams().getForks()).isEqualTo(2);
    assertThat(joined.get(0).getParams().getParam("work")).isEqualTo("relu-8");
    assertThat(joined.get(0).getPrimaryResult().getSampleCount()).isEqualTo(2);
    assertThat(joined.get(0).getBenchmarkResults()).hasSize(2);
  }

  private static Collection<RunResult> round() throws Exception {
    return new Runner(
            new CommandLineOptions(
                "Elementwise",
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
                "engine=kiln-cpu:scalar",
                "-p",
                "work=relu-8"))
        .run();
  }
}
