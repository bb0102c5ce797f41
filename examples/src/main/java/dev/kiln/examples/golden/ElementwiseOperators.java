package dev.kiln.examples.golden;

import static java.util.Map.entry;

import dev.kiln.Tensor;
import dev.kiln.examples.golden.DifferentiableOp.Inputs;
import java.util.Map;

/** Functions of single elements, by PyTorch's names. */
final class ElementwiseOperators {
  private ElementwiseOperators() {}

  static Map<String, Procedure> all() {
    return Map.ofEntries(
        op("leaky_relu", (a, in) -> in.get("input").leakyRelu(number(a, "negative_slope"))),
        op("elu", (a, in) -> in.get("input").elu(number(a, "alpha"))),
        op("gelu", ElementwiseOperators::gelu),
        op(
            "softplus",
            (a, in) -> in.get("input").softplus(number(a, "beta"), number(a, "threshold"))),
        op("exp", (a, in) -> in.get("input").exp()),
        op("log", (a, in) -> in.get("input").log()),
        op("sqrt", (a, in) -> in.get("input").sqrt()),
        op("abs", (a, in) -> in.get("input").abs()),
        op("clamp", ElementwiseOperators::clamp),
        op("pow", ElementwiseOperators::pow));
  }

  private static Map.Entry<String, Procedure> op(String name, DifferentiableOp.Single call) {
    return entry(name, DifferentiableOp.of(call));
  }

  private static float number(Attributes a, String name) {
    return (float) a.number(name);
  }

  private static Tensor gelu(Attributes a, Inputs in) {
    return a.text("approximate").equals("tanh")
        ? in.get("input").geluTanh()
        : in.get("input").gelu();
  }

  private static Tensor clamp(Attributes a, Inputs in) {
    Tensor x = in.get("input");
    if (a.isNull("min")) {
      return x.clampMax(number(a, "max"));
    }
    return a.isNull("max")
        ? x.clampMin(number(a, "min"))
        : x.clamp(number(a, "min"), number(a, "max"));
  }

  private static Tensor pow(Attributes a, Inputs in) {
    Tensor exponent = in.optional("exponent");
    return exponent == null
        ? in.get("input").pow(number(a, "exponent"))
        : in.get("input").pow(exponent);
  }
}
