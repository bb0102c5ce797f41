package dev.kiln.cpu;

import java.lang.reflect.Method;

/** What a register tile allocates once it is compiled: nothing, unless its vectors are boxed. */
final class TileAllocation {
  private static final int K = 256;

  /** A call may allocate this much by the way; boxed, one allocates 64 bytes a step and more. */
  static final long FEW = K;

  private static final long PATIENCE = 60_000_000_000L;

  private TileAllocation() {}

  /** Prints the heights of tiles that allocate, of both widths; the tallest are compiled first. */
  public static void main(String[] args) throws Exception {
    long patience = Long.parseLong(args[0]) * 1_000_000;
    for (int height = new VectorTiles().rows(); height > 0; height -= height == 2 ? 1 : 2) {
      for (boolean narrow : new boolean[] {false, true}) {
        long bytes = bytesOfCall(height, narrow, patience);
        if (bytes >= FEW) {
          System.out.println(height + (narrow ? " narrow: " : ": ") + bytes + " bytes a call");
        }
      }
    }
    System.out.println("done");
  }

  static long bytesOfCall(int height, boolean narrow) throws Exception {
    return bytesOfCall(height, narrow, PATIENCE);
  }

  /** The fewest bytes that a call of a hundred allocates. */
  private static long bytesOfCall(int height, boolean narrow, long patience) throws Exception {
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
    while (least >= FEW && System.nanoTime() - start < patience) {
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
