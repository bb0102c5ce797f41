package dev.kiln;

import dev.kiln.random.Philox;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random numbers from a seed, the same on every backend and every JVM: initial weights are drawn
 * here on the host, dropout layers take the stream number of a draw and the backend computes it
 * (Philox 4x32-10, counter-based). Two generators with one seed give the same draws in the same
 * order; a draw never depends on the size of the one before it.
 */
public final class Generator {
  private final long seed;
  private final AtomicLong streams;

  public Generator(long seed) {
    this(seed, 0);
  }

  /**
   * @param firstStream the number of its first draw: away from those of others with this seed
   */
  public Generator(long seed, long firstStream) {
    this.seed = seed;
    this.streams = new AtomicLong(firstStream);
  }

  /** What it was made with: the key of every draw. */
  public long seed() {
    return seed;
  }

  /** The number of a fresh draw. */
  public long nextStream() {
    return streams.getAndIncrement();
  }

  /**
   * Makes the latest draw's number the next one's again: that draw did not take place. For who
   * knows that nobody has drawn since.
   */
  public void takeBackStream() {
    streams.getAndDecrement();
  }

  /** {@code n} numbers uniform in {@code [low, high)}. */
  public float[] uniform(int n, double low, double high) {
    refuseInRecording();
    long stream = nextStream();
    float[] values = new float[n];
    int[] lanes = new int[Philox.LANES];
    for (int i = 0; i < n; i++) {
      if (i % Philox.LANES == 0) {
        Philox.block(seed, stream, i / Philox.LANES, lanes);
      }
      values[i] = (float) (low + (high - low) * Philox.uniform(lanes[i % Philox.LANES]));
    }
    return values;
  }

  /**
   * {@code n} normally distributed numbers (Box and Muller 1958), each pair from two lanes of a
   * block. {@code StrictMath} keeps the bits the same on every JVM.
   */
  public float[] normal(int n, double mean, double deviation) {
    refuseInRecording();
    long stream = nextStream();
    float[] values = new float[n];
    int[] lanes = new int[Philox.LANES];
    for (int i = 0; i < n; i += 2) {
      int lane = i % Philox.LANES;
      if (lane == 0) {
        Philox.block(seed, stream, i / Philox.LANES, lanes);
      }
      // in (0, 1], so that its logarithm is finite
      double u = ((lanes[lane] & 0xFFFFFFFFL) + 1) * 0x1p-32;
      double angle = 2 * Math.PI * ((lanes[lane + 1] & 0xFFFFFFFFL) * 0x1p-32);
      double radius = deviation * StrictMath.sqrt(-2 * StrictMath.log(u));
      values[i] = (float) (mean + radius * StrictMath.cos(angle));
      if (i + 1 < n) {
        values[i + 1] = (float) (mean + radius * StrictMath.sin(angle));
      }
    }
    return values;
  }

  /** The numbers 0 to {@code n - 1} in random order. */
  public int[] permutation(int n) {
    refuseInRecording();
    return permutation(seed, nextStream(), n);
  }

  /**
   * The permutation of a given draw (Fisher and Yates 1938): the same arguments give the same
   * order, always.
   */
  public static int[] permutation(long seed, long stream, int n) {
    int[] order = new int[n];
    int[] lanes = new int[Philox.LANES];
    for (int i = 0; i < n; i++) {
      if (i % Philox.LANES == 0) {
        Philox.block(seed, stream, i / Philox.LANES, lanes);
      }
      // inside out; multiply-shift is off by at most n / 2^32 of evenness and needs no rejection
      int j = (int) (((lanes[i % Philox.LANES] & 0xFFFFFFFFL) * (i + 1L)) >>> 32);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static void refuseInRecording() {
    Taking.refuseHere(
        "it draws random numbers on the host, which would be the same in every run; draw them"
            + " before and let run() take them as an input");
  }
}
