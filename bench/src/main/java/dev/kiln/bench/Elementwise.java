package dev.kiln.bench;

import org.openjdk.jmh.annotations.Param;

/**
 * What goes over memory once or twice: elementwise functions, softmax, batch norm, sums,
 * optimizers.
 */
public class Elementwise extends Comparison {
  /** Such as {@code kiln-cpu}, {@code djl}. */
  @Param("kiln-cpu")
  public String engine = "kiln-cpu";

  /** A work's name. */
  @Param({
    "add-1000000",
    "mul-1000000",
    "relu-1000000",
    "sigmoid-1000000",
    "tanh-1000000",
    "gelu-1000000",
    "exp-1000000",
    "softmax-256x1000",
    "logsoftmax-256x1000",
    "sum-256x1000",
    "colsum-256x1000",
    "batchnorm-64x32x28",
    "batchnorm-64x32x28-train",
    "adam-12x35000",
    "adam-6x25",
    "momentum-12x35000"
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
