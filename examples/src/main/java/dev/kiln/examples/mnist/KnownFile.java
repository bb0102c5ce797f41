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
}
