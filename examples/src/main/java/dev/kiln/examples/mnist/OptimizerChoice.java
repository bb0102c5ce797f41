package dev.kiln.examples.mnist;

import dev.kiln.Tensor;
import dev.kiln.optim.Adadelta;
import dev.kiln.optim.Adagrad;
import dev.kiln.optim.Adam;
import dev.kiln.optim.AdamW;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.RmsProp;
import dev.kiln.optim.Sgd;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** What {@code --optimizer} names, each with a learning rate that suits it. */
enum OptimizerChoice {
  ADAM(0, Adam::new),
  ADAMW(0, (parameters, lr) -> new AdamW(parameters, lr)),
  SGD(0.1, Sgd::new),
  MOMENTUM(0.02, (parameters, lr) -> new Sgd(parameters, lr).momentum(0.9)),
  NESTEROV(0.02, (parameters, lr) -> new Sgd(parameters, lr).momentum(0.9).nesterov(true)),
  ADAGRAD(0.01, Adagrad::new),
  ADADELTA(1, Adadelta::new),
  RMSPROP(1e-3, RmsProp::new);

  private final double lr;
  private final BiFunction<List<Tensor>, Double, Optimizer> make;

  OptimizerChoice(double lr, BiFunction<List<Tensor>, Double, Optimizer> make) {
    this.lr = lr;
    this.make = make;
  }

  Optimizer of(List<Tensor> parameters, double rate) {
    return make.apply(parameters, rate);
  }

  /** The learning rate unless another is asked for; for Adam it is the net's own. */
  double lr(MnistNet net) {
    return lr == 0 ? net.lr() : lr;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
