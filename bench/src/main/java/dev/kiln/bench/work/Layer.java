package dev.kiln.bench.work;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a net that is trained, described so that every engine can build it its own way. */
public sealed interface Layer {
  /**
   * A tensor to be trained.
   *
   * @param shape as in PyTorch
   */
  record Weight(int[] shape, float[] values) {}

  /**
   * What it begins with, by PyTorch's names, in PyTorch's order.
   *
   * @param path of the layer in its net, such as {@code 3.1.0}: others have other weights
   */
  default Map<String, Weight> weights(String path) {
    return Map.of();
  }

  /** {@code y = x Wᵀ + b}, along the last dimension. */
  record Linear(int in, int out) implements Layer {
    @Override
    public Map<String, Weight> weights(String path) {
      return drawn(path, in, "weight", new int[] {out, in}, "bias", new int[] {out});
    }
  }

  /** With bias and stride 1. */
  record Conv(int in, int out, int kernel, int padding) implements Layer {
    @Override
    public Map<String, Weight> weights(String path) {
      return drawn(
          path,
          in * kernel * kernel,
          "weight",
          new int[] {out, in, kernel, kernel},
          "bias",
          new int[] {out});
    }
  }

  /** By the batch's own statistics, the running ones updated with momentum 0.1; eps 1e-5. */
  record BatchNorm(int channels) implements Layer {
    @Override
    public Map<String, Weight> weights(String path) {
      Map<String, Weight> weights = new LinkedHashMap<>();
      int[] shape = {channels};
      weights.put(
          "weight", new Weight(shape, Data.uniform(path + ".weight", 0.75, 1.25, channels)));
      weights.put("bias", new Weight(shape, Data.uniform(path + ".bias", -0.5, 0.5, channels)));
      return weights;
    }
  }

  /** {@code max(x, 0)}. */
  record Relu() implements Layer {}

  /** Windows side by side. */
  record MaxPool(int kernel) implements Layer {}

  /** Means; padding counts. */
  record AvgPool(int kernel, int stride, int padding) implements Layer {}

  /** All but the first dimension become one. */
  record Flatten() implements Layer {}

  /** Several ways from one input, their outputs joined along the channels. */
  record Branches(List<List<Layer>> branches) implements Layer {}

  /** A stack of tanh layers, {@code [batch, steps, in]} to {@code [batch, steps, hidden]}. */
  record Rnn(int in, int hidden, int layers) implements Layer {
    @Override
    public Map<String, Weight> weights(String path) {
      Map<String, Weight> weights = new LinkedHashMap<>();
      for (int i = 0; i < layers; i++) {
        weights.putAll(
            drawn(
                path,
                hidden,
                "weight_ih_l" + i,
                new int[] {hidden, i == 0 ? in : hidden},
                "weight_hh_l" + i,
                new int[] {hidden, hidden},
                "bias_ih_l" + i,
                new int[] {hidden},
                "bias_hh_l" + i,
                new int[] {hidden}));
      }
      return weights;
    }
  }

  /** Uniform within {@code 1 / √fanIn}; names and shapes in turn. */
  private static Map<String, Weight> drawn(String path, int fanIn, Object... namesAndShapes) {
    double bound = 1 / Math.sqrt(fanIn);
    Map<String, Weight> weights = new LinkedHashMap<>();
    for (int i = 0; i < namesAndShapes.length; i += 2) {
      String name = (String) namesAndShapes[i];
      int[] shape = (int[]) namesAndShapes[i + 1];
      weights.put(name, new Weight(shape, Data.uniform(path + "." + name, -bound, bound, shape)));
    }
    return weights;
  }
}
