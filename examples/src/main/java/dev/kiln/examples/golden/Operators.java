package dev.kiln.examples.golden;

import static java.util.Map.entry;

import dev.kiln.Generator;
import dev.kiln.Tensor;
import dev.kiln.examples.golden.DifferentiableOp.Inputs;
import dev.kiln.ops.BatchNorm;
import dev.kiln.ops.Concat;
import dev.kiln.ops.Conv2d;
import dev.kiln.ops.Conv2dOptions;
import dev.kiln.ops.CrossEntropy;
import dev.kiln.ops.Dropout;
import dev.kiln.ops.Linear;
import dev.kiln.ops.MatMul;
import dev.kiln.ops.Pool2d;
import dev.kiln.ops.Pool2dOptions;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.Reduction;
import dev.kiln.ops.Slice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From PyTorch's names of operators and their arguments to Kiln's calls. */
final class Operators {
  private static final Map<String, Procedure> PROCEDURES =
      Map.ofEntries(
          op("matmul", Operators::matmul),
          op(
              "linear",
              (a, in) -> Linear.apply(in.get("input"), in.get("weight"), in.optional("bias"))),
          op("conv2d", Operators::conv2d),
          op("max_pool2d", (a, in) -> Pool2d.max(in.get("input"), window(a))),
          op("avg_pool2d", Operators::averagePool),
          entry("batch_norm2d", new DifferentiableOp(Operators::batchNorm)),
          op("relu", (a, in) -> in.get("input").relu()),
          op("sigmoid", (a, in) -> in.get("input").sigmoid()),
          op("tanh", (a, in) -> in.get("input").tanh()),
          op("add", (a, in) -> in.get("a").add(in.get("b"))),
          op("sub", (a, in) -> in.get("a").sub(in.get("b"))),
          op("mul", (a, in) -> in.get("a").mul(in.get("b"))),
          op("div", (a, in) -> in.get("a").div(in.get("b"))),
          op("sum", (a, in) -> Reduce.sum(in.get("input"), a.flag("keepdim"), a.integers("dim"))),
          op("mean", (a, in) -> Reduce.mean(in.get("input"), a.flag("keepdim"), a.integers("dim"))),
          entry("max", new DifferentiableOp(Operators::max)),
          op("argmax", Operators::argmax),
          op("softmax", (a, in) -> in.get("input").softmax(a.integer("dim"))),
          op("log_softmax", (a, in) -> in.get("input").logSoftmax(a.integer("dim"))),
          entry(
              "cross_entropy",
              new DifferentiableOp((a, in) -> Map.of("loss", crossEntropy(a, in)))),
          op("dropout", Operators::dropout),
          op("reshape", (a, in) -> in.get("input").reshape(a.integers("shape"))),
          op("concat", Operators::concat),
          op("slice", Operators::slice),
          op(
              "transpose",
              (a, in) -> in.get("input").transpose(a.integer("dim0"), a.integer("dim1"))),
          op("permute", (a, in) -> in.get("input").permute(a.integers("dims"))),
          entry("optimizer", new OptimizerRun()),
          entry("lr_schedule", new ScheduleRun()),
          entry("train", new TrainingRun()));

  private static final Map<String, Procedure> ALL =
      Stream.of(
              PROCEDURES, //
              ElementwiseOperators.all(),
              LossOperators.all(),
              StatisticsOperators.all(),
              IndexingOperators.all(),
              ImageOperators.all(),
              RecurrentOperators.all())
          .flatMap(group -> group.entrySet().stream())
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private Operators() {}

  private static Map.Entry<String, Procedure> op(String name, DifferentiableOp.Single call) {
    return entry(name, DifferentiableOp.of(call));
  }

  /** How cases of an operator are computed; null where Kiln does not have it. */
  static @Nullable Procedure named(String op) {
    return ALL.get(op);
  }

  private static Tensor matmul(Attributes a, Inputs in) {
    return MatMul.apply(in.get("a"), in.get("b"), a.flag("transpose_a"), a.flag("transpose_b"));
  }

  private static Tensor conv2d(Attributes a, Inputs in) {
    int[] stride = a.integers("stride");
    int[] padding = a.integers("padding");
    int[] dilation = a.integers("dilation");
    Conv2dOptions options =
        Conv2dOptions.DEFAULT
            .stride(stride[0], stride[1])
            .padding(padding[0], padding[1])
            .dilation(dilation[0], dilation[1])
            .groups(a.integer("groups"));
    return Conv2d.apply(in.get("input"), in.get("weight"), in.optional("bias"), options);
  }

  private static Pool2dOptions window(Attributes a) {
    int[] kernel = a.integers("kernel_size");
    int[] stride = a.integers("stride");
    int[] padding = a.integers("padding");
    return Pool2dOptions.of(kernel[0], kernel[1])
        .stride(stride[0], stride[1])
        .padding(padding[0], padding[1])
        .ceil(a.flag("ceil_mode"));
  }

  private static Tensor averagePool(Attributes a, Inputs in) {
    return Pool2d.average(in.get("input"), window(a).countIncludePad(a.flag("count_include_pad")));
  }

  private static Map<String, Tensor> batchNorm(Attributes a, Inputs in) {
    boolean training = a.flag("training");
    float momentum = (float) a.number("momentum");
    float eps = (float) a.number("eps");
    Tensor x = in.get("input");
    Tensor weight = in.optional("weight");
    Tensor bias = in.optional("bias");
    Tensor mean = in.optional("running_mean");
    Tensor variance = in.optional("running_var");
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    outputs.put(
        "output",
        training
            ? BatchNorm.train(x, weight, bias, mean, variance, momentum, eps)
            : BatchNorm.eval(x, weight, bias, in.get("running_mean"), in.get("running_var"), eps));
    // training has updated them in place
    if (mean != null && variance != null) {
      outputs.put("running_mean", mean);
      outputs.put("running_var", variance);
    }
    return outputs;
  }

  private static Map<String, Tensor> max(Attributes a, Inputs in) {
    boolean keep = a.flag("keepdim");
    if (a.isNull("dim")) {
      return Map.of("values", in.get("input").max());
    }
    Reduce.Max max = Reduce.max(in.get("input"), a.integer("dim"), keep);
    return Map.of("values", max.values(), "indices", max.indices());
  }

  private static Tensor argmax(Attributes a, Inputs in) {
    boolean keep = a.flag("keepdim");
    return a.isNull("dim")
        ? Reduce.argmax(in.get("input"))
        : Reduce.argmax(in.get("input"), a.integer("dim"), keep);
  }

  private static Tensor crossEntropy(Attributes a, Inputs in) {
    CrossEntropy.Options options =
        new CrossEntropy.Options(
            a.integer("ignore_index"),
            (float) a.number("label_smoothing"),
            Reduction.valueOf(a.text("reduction").toUpperCase(Locale.ROOT)));
    return CrossEntropy.apply(in.get("input"), in.get("target"), in.optional("weight"), options);
  }

  private static Tensor dropout(Attributes a, Inputs in) {
    // the masks of two libraries never agree: the cases have p = 0, or evaluation
    float p = (float) a.number("p");
    return a.flag("training")
        ? Dropout.apply(in.get("input"), p, new Generator(0))
        : in.get("input");
  }

  private static Tensor concat(Attributes a, Inputs in) {
    return Concat.apply(List.copyOf(in.tensors().values()), a.integer("dim"));
  }

  private static Tensor slice(Attributes a, Inputs in) {
    int[][] slices = a.rows("slices", 0, Integer.MAX_VALUE, 1);
    int[] starts = new int[slices.length];
    int[] stops = new int[slices.length];
    int[] steps = new int[slices.length];
    for (int i = 0; i < slices.length; i++) {
      starts[i] = slices[i][0];
      stops[i] = slices[i][1];
      steps[i] = slices[i][2];
    }
    return Slice.apply(in.get("input"), starts, stops, steps);
  }
}
