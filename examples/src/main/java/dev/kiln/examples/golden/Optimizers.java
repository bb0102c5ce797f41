package dev.kiln.examples.golden;

import dev.kiln.Tensor;
import dev.kiln.optim.Adam;
import dev.kiln.optim.AdamW;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.Sgd;
import java.util.List;

/** From PyTorch's names of optimizers and their options to Kiln's. */
final class Optimizers {
  private Optimizers() {}

  static Optimizer of(String name, Attributes options, List<Tensor> parameters)
      throws UnsupportedCaseException {
    return switch (name) {
      case "sgd" ->
          new Sgd(parameters, options.number("lr"))
              .momentum(options.number("momentum"))
              .dampening(options.number("dampening"))
              .nesterov(options.flag("nesterov"))
              .weightDecay(options.number("weight_decay"));
      case "adam" -> adam(new Adam(parameters, options.number("lr")), options);
      case "adamw" -> adam(new AdamW(parameters, options.number("lr")), options);
      default -> throw new UnsupportedCaseException("Kiln has no optimizer " + name);
    };
  }

  private static Optimizer adam(Adam adam, Attributes options) {
    double[] betas = options.numbers("betas");
    return adam.betas(betas[0], betas[1])
        .eps(options.number("eps"))
        .amsgrad(options.flag("amsgrad"))
        .weightDecay(options.number("weight_decay"));
  }
}
