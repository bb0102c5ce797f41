package dev.kiln.bench.work;

import java.util.Map;
import java.util.Optional;

/**
 * The largest number, or the mean, of each square window of square images, NCHW; what is padded
 * counts in no maximum and as 0 in a mean.
 *
 * @param max else the mean
 * @param n images
 * @param side height and width of the input
 * @param train whether the gradient of the input is computed too
 */
public record PoolWork(
    String name,
    boolean max,
    int n,
    int channels,
    int side,
    int kernel,
    int stride,
    int padding,
    boolean train)
    implements Work {

  public PoolWork {
    Name.checkPositive(name, n, channels, side, kernel, stride);
    if (padding > kernel / 2 || side + 2 * padding < kernel) {
      throw new IllegalArgumentException(
          name + ": the padding is at most half the kernel, which fits into the padded image");
    }
  }

  static Optional<PoolWork> read(String name) {
    return Name.read(name, "(?<kind>max|avg)pool-<n>x<c>x<h>-k<k>s<s>p<p>(?<train>-train)?")
        .map(
            read ->
                new PoolWork(
                    name,
                    read.text("kind").equals("max"),
                    read.number("n"),
                    read.number("c"),
                    read.number("h"),
                    read.number("k"),
                    read.number("s"),
                    read.number("p"),
                    read.has("train")));
  }

  /** Height and width of the output. */
  public int out() {
    return (side + 2 * padding - kernel) / stride + 1;
  }

  /** {@code [n, channels, side, side]}. */
  public int[] inputShape() {
    return new int[] {n, channels, side, side};
  }

  /** {@code [n, channels, out, out]}. */
  public int[] outputShape() {
    return new int[] {n, channels, out(), out()};
  }

  public float[] input() {
    return Data.uniform("input", -1, 1, inputShape());
  }

  public float[] outputGradient() {
    return Data.uniform("gradient", -1, 1, outputShape());
  }

  @Override
  public String family() {
    return "Pool";
  }

  @Override
  public Map<String, Integer> results() {
    int window = kernel * kernel;
    return train
        ? Trained.results(Trained.OUTPUT, window, Trained.INPUT_GRADIENT, window)
        : Map.of(Trained.OUTPUT, window);
  }
}
