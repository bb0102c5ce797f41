package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sees to it that C2 boxes no vector of a tile. Boxed, a tile allocates some at each step of its
 * loop and runs ten times slower: what is allocated tells this on any machine, however busy.
 */
class VectorTilesTest {
  /** How long the JVM beside this one may take, which is seconds. */
  private static final int MINUTES = 5;

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
  void tilesAllocateNothingWhereC2MayTrustNoProfile(@TempDir Path folder) throws Exception {
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
    Path said = folder.resolve("said");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD).redirectOutput(said.toFile());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
      assertThat(said).content().isEqualToIgnoringNewLines("done");
    } finally {
      process.destroyForcibly();
    }
  }
}
