package dev.kiln.bench;

import org.openjdk.jmh.annotations.Param;

/** Convolutions, forward, and forward and backward. */
public class Conv extends Comparison {
  /** Such as {@code kiln-cpu}, {@code djl}. */
  @Param("kiln-cpu")
  public String engine = "kiln-cpu";

  /** A work's name. */
  @Param({
    "conv-32x1x28-f10k5p0",
    "conv-32x88x12-f20k5p0",
    "conv-32x16x12-f24k3p1",
    "conv-8x64x56-f64k3p1",
    "conv-8x256x14-f256k3p1",
    "conv-8x256x28-f128k1p0",
    "conv-8x128x28-k3",
    "conv-32x1x28-f10k5p0-train",
    "conv-32x88x12-f20k5p0-train",
    "conv-32x16x12-f24k3p1-train",
    "conv-8x64x56-f64k3p1-train",
    "conv-8x256x14-f256k3p1-train",
    "conv-8x256x28-f128k1p0-train",
    "conv-8x128x28-k3-train"
  })
  public String work = "";

  @Override
  String engine() {
    return engine;
  }

  @Override
  String work() {
    return work;
  }
}
