package dev.kiln.bench.work;

import java.util.Map;
import java.util.Optional;

/**
 * A convolution with bias of square images, NCHW and OIHW: 2 · n · filters · out² · channels /
 * groups · kernel² floating-point operations forward, three times that with the gradients of input
 * and weight.
 *
 * @param n images
 * @param side height and width of the input
 * @param train whether the gradients of input, weight and bias are computed too
 */
public record ConvWork(
    String name,
    int n,
    int channels,
    int side,
    int filters,
    int kernel,
    int padding,
    int stride,
    int groups,
    boolean train)
    implements Work {

  public ConvWork {
    Name.checkPositive(name, n, channels, side, filters, kernel, stride, groups);
    if (side + 2 * padding < kernel) {
      throw new IllegalArgumentException(name + ": the kernel is larger than the padded image");
    }
    if (channels % groups != 0 || filters % groups != 0) {
      throw new IllegalArgumentException(
          name + ": channels and filters are multiples of the groups");
    }
  }

  static Optional<ConvWork> read(String name) {
    Optional<ConvWork> dense =
        Name.read(name, "conv-<n>x<c>x<h>-f<f>k<k>p<p>(s<s>)?(g<g>)?(?<train>-train)?")
            .map(
                read ->
                    new ConvWork(
                        name,
                        read.number("n"),
                        read.number("c"),
                        read.number("h"),
                        read.number("f"),
                        read.number("k"),
                        read.number("p"),
                        read.number("s", 1),
                        read.number("g", 1),
                        read.has("train")));
    return dense.isPresent() ? dense : readDepthwise(name);
  }

  private static Optional<ConvWork> readDepthwise(String name) {
    return Name.read(name, "conv-<n>x<c>x<h>-k<k>(s<s>)?(?<train>-train)?")
        .map(
            read -> {
              int channels = read.number("c");
              int kernel = read.number("k");
              return new ConvWork(
                  name,
                  read.number("n"),
                  channels,
                  read.number("h"),
                  channels,
                  kernel,
                  kernel / 2,
                  read.number("s", 1),
                  channels,
                  read.has("train"));
            });
  }

  /** Height and width of the output. */
  public int out() {
    return (side + 2 * padding - kernel) / stride + 1;
  }

  /** {@code [n, channels, side, side]}. */
  public int[] inputShape() {
    return new int[] {n, channels, side, side};
  }

  /** {@code [filters, channels / groups, kernel, kernel]}. */
  public int[] weightShape() {
    return new int[] {filters, channels / groups, kernel, kernel};
  }

  /** {@code [n, filters, out, out]}. */
  public int[] outputShape() {
    return new int[] {n, filters, out(), out()};
  }

  public float[] input() {
    return Data.uniform("input", -1, 1, inputShape());
  }

  public float[] weight() {
    return Data.uniform("weight", -1, 1, weightShape());
  }

  public float[] bias() {
    return Data.uniform("bias", -1, 1, filters);
  }

  public float[] outputGradient() {
    return Data.uniform("gradient", -1, 1, outputShape());
  }

  @Override
  public String family() {
    return "Conv";
  }

  @Override
  public Map<String, Integer> results() {
    int window = channels / groups * kernel * kernel;
    if (!train) {
      return Map.of(Trained.OUTPUT, window);
    }
    int places = n * out() * out();
    return Trained.results(
        Trained.OUTPUT, window,
        Trained.INPUT_GRADIENT, filters / groups * kernel * kernel,
        Trained.WEIGHT_GRADIENT, places,
        Trained.BIAS_GRADIENT, places);
  }
}
