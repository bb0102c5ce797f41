package dev.kiln.examples.mnist;

import java.util.List;

/**
 * A file whose contents are known beforehand.
 *
 * @param name in its folder
 * @param bytes uncompressed
 * @param md5 of the uncompressed file, in hexadecimal
 */
record KnownFile(String name, long bytes, String md5) {
  /** The four files of the MNIST database. */
  static final List<KnownFile> MNIST =
      List.of(
          new KnownFile("train-images-idx3-ubyte", 47_040_016, "6bbc9ace898e44ae57da46a324031adb"),
          new KnownFile("train-labels-idx1-ubyte", 60_008, "a25bea736e30d166cdddb491f175f624"),
          new KnownFile("t10k-images-idx3-ubyte", 7_840_016, "2646ac647ad5339dbf082846283269ea"),
          new KnownFile("t10k-labels-idx1-ubyte", 10_008, "27ae3e4e09519cfbb04c329615203637"));

  /** The four files of Fashion-MNIST. */
  static final List<KnownFile> FASHION =
      List.of(
          new KnownFile("train-images-idx3-ubyte", 47_040_016, "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
          new KnownFile("train-labels-idx1-ubyte", 60_008, "9018921c3c673c538a1fc5bad174d6f9"),
          new KnownFile("t10k-images-idx3-ubyte", 7_840_016, "8181f5470baa50b63fa0f6fddb340f0a"),
          new KnownFile("t10k-labels-idx1-ubyte", 10_008, "15d484375f8d13e6eb1aabb0c3f46965"));
}
