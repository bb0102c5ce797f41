package dev.kiln.bench;

import org.openjdk.jmh.annotations.Param;

/** Matrix products. */
public class Gemm extends Comparison {
  /** Such as {@code kiln-cpu}, {@code djl}. */
  @Param("kiln-cpu")
  public String engine = "kiln-cpu";

  /** A work's name. */
  @Param({
    "sgemm-64",
    "sgemm-128",
    "sgemm-256",
    "sgemm-512",
    "sgemm-1024",
    "sgemm-2048",
    "sgemm-256x784x256",
    "sgemm-64x128x1024",
    "sgemm-1x256x1024",
    "sgemm-8x512x2048"
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
