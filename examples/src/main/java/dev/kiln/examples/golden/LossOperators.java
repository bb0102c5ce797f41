package dev.kiln.examples.golden;

import static java.util.Map.entry;

import dev.kiln.Tensor;
import dev.kiln.examples.golden.DifferentiableOp.Inputs;
import dev.kiln.ops.NllLoss;
import dev.kiln.ops.PairwiseLoss;
import dev.kiln.ops.Reduction;
import java.util.Locale;
import java.util.Map;

/** Losses, by PyTorch's names. */
final class LossOperators {
  private LossOperators() {}

  static Map<String, Procedure> all() {
    return Map.ofEntries(
        loss("nll_loss", LossOperators::nll),
        loss("mse_loss", (a, in) -> PairwiseLoss.mse(input(in), target(in), reduction(a))),
        loss("l1_loss", (a, in) -> PairwiseLoss.l1(input(in), target(in), reduction(a))),
        loss("smooth_l1_loss", LossOperators::smoothL1),
        loss("bce_with_logits", LossOperators::bceWithLogits));
  }

  private static Map.Entry<String, Procedure> loss(String name, DifferentiableOp.Single call) {
    return entry(name, new DifferentiableOp((a, in) -> Map.of("loss", call.run(a, in))));
  }

  private static Tensor input(Inputs in) {
    return in.get("input");
  }

  private static Tensor target(Inputs in) {
    return in.get("target");
  }

  private static Reduction reduction(Attributes a) {
    return Reduction.valueOf(a.text("reduction").toUpperCase(Locale.ROOT));
  }

  private static Tensor nll(Attributes a, Inputs in) {
    NllLoss.Options options = new NllLoss.Options(a.integer("ignore_index"), reduction(a));
    return NllLoss.apply(input(in), target(in), in.optional("weight"), options);
  }

  private static Tensor smoothL1(Attributes a, Inputs in) {
    return PairwiseLoss.smoothL1(input(in), target(in), (float) a.number("beta"), reduction(a));
  }

  private static Tensor bceWithLogits(Attributes a, Inputs in) {
    return PairwiseLoss.bceWithLogits(
        input(in), target(in), in.optional("weight"), in.optional("pos_weight"), reduction(a));
  }
}
