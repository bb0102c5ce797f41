package dev.kiln.examples.golden;

import dev.kiln.Tensor;
import dev.kiln.examples.golden.DifferentiableOp.Inputs;
import dev.kiln.ops.AdaptivePool2d;
import dev.kiln.ops.Conv1d;
import dev.kiln.ops.Conv1dOptions;
import dev.kiln.ops.Conv2dOptions;
import dev.kiln.ops.ConvTranspose2d;
import dev.kiln.ops.Pad;
import java.util.Map;

/** Images and signals to other sizes, and what convolves them besides {@code conv2d}. */
final class ImageOperators {
  private ImageOperators() {}

  static Map<String, Procedure> all() {
    return Map.of(
        "conv1d", DifferentiableOp.of(ImageOperators::conv1d),
        "conv_transpose2d", DifferentiableOp.of(ImageOperators::convTranspose2d),
        "adaptive_avg_pool2d", DifferentiableOp.of(ImageOperators::adaptiveAveragePool),
        "pad",
            DifferentiableOp.of(
                (a, in) ->
                    Pad.apply(in.get("input"), (float) a.number("value"), a.integers("pad"))));
  }

  private static Tensor conv1d(Attributes a, Inputs in) {
    Conv1dOptions options =
        new Conv1dOptions(
            a.integers("stride")[0],
            a.integers("padding")[0],
            a.integers("dilation")[0],
            a.integer("groups"));
    return Conv1d.apply(in.get("input"), in.get("weight"), in.optional("bias"), options);
  }

  private static Tensor convTranspose2d(Attributes a, Inputs in) {
    int[] stride = a.integers("stride");
    int[] padding = a.integers("padding");
    int[] dilation = a.integers("dilation");
    Conv2dOptions options =
        Conv2dOptions.DEFAULT
            .stride(stride[0], stride[1])
            .padding(padding[0], padding[1])
            .dilation(dilation[0], dilation[1])
            .groups(a.integer("groups"));
    return ConvTranspose2d.apply(
        in.get("input"),
        in.get("weight"),
        in.optional("bias"),
        options,
        a.integers("output_padding"));
  }

  private static Tensor adaptiveAveragePool(Attributes a, Inputs in) {
    int[] size = a.integers("output_size");
    return AdaptivePool2d.average(in.get("input"), size[0], size[1]);
  }
}
