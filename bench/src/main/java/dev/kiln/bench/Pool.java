package dev.kiln.bench;

import org.openjdk.jmh.annotations.Param;

/** Poolings, forward, and forward and backward. */
public class Pool extends Comparison {
  /** Such as {@code kiln-cpu}, {@code djl}. */
  @Param("kiln-cpu")
  public String engine = "kiln-cpu";

  /** A work's name. */
  @Param({
    "maxpool-64x32x28-k2s2p0",
    "avgpool-64x88x12-k3s1p1",
    "maxpool-64x32x28-k2s2p0-train",
    "avgpool-64x88x12-k3s1p1-train"
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
