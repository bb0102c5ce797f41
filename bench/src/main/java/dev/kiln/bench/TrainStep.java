package dev.kiln.bench;

import org.openjdk.jmh.annotations.Param;

/** Whole training steps: forward, loss, backward, Adam, the loss read back. */
public class TrainStep extends Comparison {
  /** Such as {@code kiln-cpu}, {@code djl}. */
  @Param("kiln-cpu")
  public String engine = "kiln-cpu";

  /** A work's name. */
  @Param({
    "mlp-784-256-10-b256",
    "cnn-mnist-b64",
    "inception-mnist-b64",
    "hihello-b1t6h5",
    "longseq-b170t10h25x2"
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
