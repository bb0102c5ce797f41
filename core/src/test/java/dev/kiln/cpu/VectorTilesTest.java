package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sees to it that C2 boxes no vector of a tile. Boxed, a tile allocates some at each step of its
 * loop and runs ten times slower: what is allocated tells this on any machine, however busy.
 */
class VectorTilesTest {
  static IntStream heights() {
    int tallest = new VectorTiles().rows();
    return IntStream.rangeClosed(1, tallest).filter(h -> h == 1 || h % 2 == 0);
  }

  @ParameterizedTest
  @MethodSource("heights")
  void aTileThatIsCalledOftenAllocatesNothing(int height) throws Exception {
    assertThat(TileAllocation.bytesOfCall(height, false)).isLessThan(TileAllocation.FEW);
  }

  @ParameterizedTest
  @MethodSource("heights")
  void aNarrowTileThatIsCalledOftenAllocatesNothing(int height) throws Exception {
    assertThat(TileAllocation.bytesOfCall(height, true)).isLessThan(TileAllocation.FEW);
  }

  /**
   * As after many deoptimizations in the Vector API's own methods, from which C2 stops guessing.
   */
  @Test
  void tilesAllocateNothingWhereC2MayTrustNoProfile() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:PerMethodTrapLimit=0",
            "-cp",
            Path.of("target", "classes")
                + System.getProperty("path.separator")
                + Path.of("target", "test-classes"),
            TileAllocation.class.getName(),
            "20000");
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.strip()).isEqualTo("done");
  }
}
