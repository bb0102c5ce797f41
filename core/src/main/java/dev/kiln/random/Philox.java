package dev.kiln.random;

/**
 * Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * 2011): a block of four 32-bit numbers is a function of a key and a counter and of nothing else,
 * so any element of a draw can be computed by anyone, in any order, on any device.
 *
 * <p>The key is the seed; the counter is {@code (block, 0, low word of stream, high word of
 * stream)}. Each draw of a program has a stream of its own.
 */
public final class Philox {
  /** Numbers in a block. */
  public static final int LANES = 4;

  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final long LOW = 0xFFFFFFFFL;

  private Philox() {}

  /**
   * @param block which block of the stream: numbers {@code 4 · block} to {@code 4 · block + 3}
   * @param lanes receives the four numbers
   */
  public static void block(long seed, long stream, int block, int[] lanes) {
    lanes[0] = block;
    lanes[1] = 0;
    lanes[2] = (int) stream;
    lanes[3] = (int) (stream >>> 32);
    encrypt((int) seed, (int) (seed >>> 32), lanes);
  }

  /** Turns a counter into its block, in place. */
  static void encrypt(int key0, int key1, int[] counter) {
    int c0 = counter[0];
    int c1 = counter[1];
    int c2 = counter[2];
    int c3 = counter[3];
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW);
      long product1 = MULTIPLIER_1 * (c2 & LOW);
      c0 = (int) (product1 >>> 32) ^ c1 ^ key0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ key1;
      c3 = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    counter[0] = c0;
    counter[1] = c1;
    counter[2] = c2;
    counter[3] = c3;
  }

  /** A float from 0 (inclusive) to 1 (exclusive) out of 32 random bits: their upper 24. */
  public static float uniform(int bits) {
    return (bits >>> 8) * 0x1p-24f;
  }
}
