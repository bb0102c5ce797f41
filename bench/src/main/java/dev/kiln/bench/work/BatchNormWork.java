package dev.kiln.bench.work;

import java.util.Map;
import java.util.Optional;

/**
 * Batch normalization of square images, NCHW, as in training: by the batch's own statistics, the
 * running ones updated with momentum 0.1; eps 1e-5.
 *
 * @param n images
 * @param side height and width
 * @param train whether the gradients of input, weight and bias are computed too
 */
public record BatchNormWork(String name, int n, int channels, int side, boolean train)
    implements Work {

  public BatchNormWork {
    Name.checkPositive(name, n, channels, side);
  }

  static Optional<BatchNormWork> read(String name) {
    return Name.read(name, "batchnorm-<n>x<c>x<h>(?<train>-train)?")
        .map(
            read ->
                new BatchNormWork(
                    name, read.number("n"), read.number("c"), read.number("h"), read.has("train")));
  }

  /** {@code [n, channels, side, side]}, of input and output. */
  public int[] shape() {
    return new int[] {n, channels, side, side};
  }

  public float[] input() {
    return Data.uniform("input", -1, 2, shape());
  }

  public float[] weight() {
    return Data.uniform("weight", 0.5, 1.5, channels);
  }

  public float[] bias() {
    return Data.uniform("bias", -1, 1, channels);
  }

  public float[] outputGradient() {
    return Data.uniform("gradient", -1, 1, shape());
  }

  @Override
  public String family() {
    return "Elementwise";
  }

  @Override
  public Map<String, Integer> results() {
    int places = n * side * side;
    return train
        ? Trained.results(
            Trained.OUTPUT, places,
            Trained.INPUT_GRADIENT, places,
            Trained.WEIGHT_GRADIENT, places,
            Trained.BIAS_GRADIENT, places)
        : Map.of(Trained.OUTPUT, places);
  }
}
