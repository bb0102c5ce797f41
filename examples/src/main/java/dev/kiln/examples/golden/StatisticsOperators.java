package dev.kiln.examples.golden;

import static java.util.Map.entry;

import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.examples.golden.DifferentiableOp.Inputs;
import dev.kiln.ops.LayerNorm;
import dev.kiln.ops.Variance;
import java.util.Map;

/** Ops that centre and scale by mean and variance, by PyTorch's names. */
final class StatisticsOperators {
  private StatisticsOperators() {}

  static Map<String, Procedure> all() {
    return Map.ofEntries(
        op(
            "var",
            (a, in) ->
                Variance.var(
                    in.get("input"), a.flag("unbiased"), a.flag("keepdim"), a.integers("dim"))),
        op("layer_norm", StatisticsOperators::layerNorm));
  }

  private static Map.Entry<String, Procedure> op(String name, DifferentiableOp.Single call) {
    return entry(name, DifferentiableOp.of(call));
  }

  private static Tensor layerNorm(Attributes a, Inputs in) {
    return LayerNorm.apply(
        in.get("input"),
        Shape.of(a.integers("normalized_shape")),
        in.optional("weight"),
        in.optional("bias"),
        (float) a.number("eps"));
  }
}
