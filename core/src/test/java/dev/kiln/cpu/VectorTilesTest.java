package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the bodies of the tiles below C2's inlining budget. Beyond it every vector is an object,
 * and a tile that allocates some at each step of its loop runs ten times slower: what is allocated
 * tells this on any machine, however busy.
 */
class VectorTilesTest {
  private static final int K = 256;

  /** A call may allocate this much by the way; boxed, one allocates 64 bytes a step and more. */
  private static final long FEW = K;

  private static final long PATIENCE = 60_000_000_000L;

  static IntStream heights() {
    int tallest = new VectorTiles().rows();
    return IntStream.rangeClosed(1, tallest).filter(h -> h == 1 || h % 2 == 0);
  }

  @ParameterizedTest
  @MethodSource("heights")
  void aTileThatIsCalledOftenAllocatesNothing(int height) throws Exception {
    assertThat(bytesOfCall(height, false)).isLessThan(FEW);
  }

  @ParameterizedTest
  @MethodSource("heights")
  void aNarrowTileThatIsCalledOftenAllocatesNothing(int height) throws Exception {
    assertThat(bytesOfCall(height, true)).isLessThan(FEW);
  }

  /** The fewest bytes that a call of a hundred allocates, once it is compiled. */
  private static long bytesOfCall(int height, boolean narrow) throws Exception {
    VectorTiles tiles = new VectorTiles();
    int lanes = tiles.lanes();
    int columns = tiles.columns();
    float[] a = new float[height * K];
    float[] b = new float[columns * K];
    float[] c = new float[columns * height];
    int[] places = MatrixProduct.multiples(columns, K);
    // by name: the module that is tested here does not read the JVM's own
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Method allocated =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class);
    long self = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (least >= FEW && System.nanoTime() - start < PATIENCE) {
      long before = (Long) allocated.invoke(threads, self);
      for (int i = 0; i < 100; i++) {
        if (narrow) {
          tiles.narrowTile(height, K, a, 0, b, 0, places, 0, c, 0, columns, c, 0, columns);
        } else {
          tiles.tile(
              height, K, a, 0, b, 0, lanes, places, 0, c, 0, lanes, columns, c, 0, lanes, columns);
        }
      }
      least = Math.min(least, ((Long) allocated.invoke(threads, self) - before) / 100);
    }
    return least;
  }
}
