package dev.kiln.examples.golden;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.io.HostTensor;
import dev.kiln.optim.CosineAnnealingLr;
import dev.kiln.optim.ExponentialLr;
import dev.kiln.optim.LrSchedule;
import dev.kiln.optim.MultiStepLr;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.ReduceLrOnPlateau;
import dev.kiln.optim.Sgd;
import dev.kiln.optim.StepLr;
import java.util.List;
import java.util.Map;

/** The learning rates of a schedule: the first, and that after each epoch. */
final class ScheduleRun implements Procedure {
  @Override
  public Map<String, HostTensor> compute(GoldenCase golden, Device device)
      throws UnsupportedCaseException {
    Attributes attributes = golden.attributes();
    try (Scope run = device.scope()) {
      Tensor parameter = Tensor.scalar(device, 1).requiresGrad(true);
      Optimizer optimizer = new Sgd(List.of(parameter), attributes.number("base_lr"));
      LrSchedule schedule =
          schedule(attributes.text("schedule"), attributes.group("options"), optimizer);
      GoldenCase.Input given = golden.inputs().get("metrics");
      float[] metrics =
          given == null ? new float[attributes.integer("epochs")] : given.values().floats();
      float[] rates = new float[attributes.integer("epochs") + 1];
      rates[0] = rate(optimizer);
      for (int i = 1; i < rates.length; i++) {
        schedule.step(metrics[i - 1]);
        rates[i] = rate(optimizer);
      }
      return Map.of("lrs", HostTensor.of(rates, rates.length));
    }
  }

  private static float rate(Optimizer optimizer) {
    return (float) optimizer.groups().get(0).lr();
  }

  private static LrSchedule schedule(String name, Attributes options, Optimizer optimizer)
      throws UnsupportedCaseException {
    return switch (name) {
      case "step" -> new StepLr(optimizer, options.integer("step_size"), options.number("gamma"));
      case "multi_step" ->
          new MultiStepLr(optimizer, options.number("gamma"), options.integers("milestones"));
      case "exponential" -> new ExponentialLr(optimizer, options.number("gamma"));
      case "cosine_annealing" ->
          new CosineAnnealingLr(optimizer, options.integer("T_max"), options.number("eta_min"));
      case "reduce_on_plateau" -> plateau(options, optimizer);
      default -> throw new UnsupportedCaseException("Kiln has no schedule " + name);
    };
  }

  private static ReduceLrOnPlateau plateau(Attributes options, Optimizer optimizer) {
    ReduceLrOnPlateau plateau =
        new ReduceLrOnPlateau(optimizer)
            .largerIsBetter(options.text("mode").equals("max"))
            .factor(options.number("factor"))
            .patience(options.integer("patience"))
            .cooldown(options.integer("cooldown"))
            .least(options.number("min_lr"))
            .eps(options.number("eps"));
    double threshold = options.number("threshold");
    return options.text("threshold_mode").equals("rel")
        ? plateau.relativeThreshold(threshold)
        : plateau.absoluteThreshold(threshold);
  }
}
