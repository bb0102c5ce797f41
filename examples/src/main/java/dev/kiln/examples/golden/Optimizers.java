package dev.kiln.examples.golden;

import dev.kiln.Tensor;
import dev.kiln.optim.Adadelta;
import dev.kiln.optim.Adagrad;
import dev.kiln.optim.Adam;
import dev.kiln.optim.AdamW;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.ParameterGroup;
import dev.kiln.optim.RmsProp;
import dev.kiln.optim.Sgd;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/** From PyTorch's names of optimizers and their options to Kiln's. */
final class Optimizers {
  private Optimizers() {}

  static Optimizer of(String name, Attributes options, List<Tensor> parameters)
      throws UnsupportedCaseException {
    Optimizer optimizer = of(name, options.number("lr"), parameters);
    set(options, optimizer.groups().get(0));
    return optimizer;
  }

  private static Optimizer of(String name, double lr, List<Tensor> parameters)
      throws UnsupportedCaseException {
    return switch (name) {
      case "sgd" -> new Sgd(parameters, lr);
      case "adagrad" -> new Adagrad(parameters, lr);
      case "adadelta" -> new Adadelta(parameters, lr);
      case "rmsprop" -> new RmsProp(parameters, lr);
      case "adam" -> new Adam(parameters, lr);
      case "adamw" -> new AdamW(parameters, lr);
      default -> throw new UnsupportedCaseException("Kiln has no optimizer " + name);
    };
  }

  /** Sets what {@code options} name. */
  static void set(Attributes options, ParameterGroup group) throws UnsupportedCaseException {
    number(options, "lr", group::lr);
    number(options, "weight_decay", group::weightDecay);
    if (group instanceof Sgd.Group sgd) {
      number(options, "momentum", sgd::momentum);
      number(options, "dampening", sgd::dampening);
      flag(options, "nesterov", sgd::nesterov);
    } else if (group instanceof Adagrad.Group adagrad) {
      number(options, "lr_decay", adagrad::lrDecay);
      number(options, "eps", adagrad::eps);
      number(options, "initial_accumulator_value", adagrad::initialAccumulator);
    } else if (group instanceof Adadelta.Group adadelta) {
      number(options, "rho", adadelta::rho);
      number(options, "eps", adadelta::eps);
    } else if (group instanceof RmsProp.Group rmsProp) {
      number(options, "alpha", rmsProp::alpha);
      number(options, "eps", rmsProp::eps);
      number(options, "momentum", rmsProp::momentum);
      flag(options, "centered", rmsProp::centered);
    } else if (group instanceof Adam.Group adam) {
      if (options.has("betas")) {
        double[] betas = options.numbers("betas");
        adam.betas(betas[0], betas[1]);
      }
      number(options, "eps", adam::eps);
      flag(options, "amsgrad", adam::amsgrad);
    }
    if (!options.unread().isEmpty()) {
      throw new UnsupportedCaseException("Kiln's optimizer has no " + options.unread());
    }
  }

  private static void number(Attributes options, String name, DoubleConsumer setter) {
    if (options.has(name)) {
      setter.accept(options.number(name));
    }
  }

  private static void flag(Attributes options, String name, Consumer<Boolean> setter) {
    if (options.has(name)) {
      setter.accept(options.flag(name));
    }
  }
}
