package dev.kiln.examples.regression;

import dev.kiln.Tensor;
import dev.kiln.optim.Adadelta;
import dev.kiln.optim.Adagrad;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.RmsProp;
import dev.kiln.optim.Sgd;
import java.util.List;
import java.util.Locale;

/** An optimizer with a learning rate that suits it. */
enum Rival {
  SGD("SGD", 0.05),
  MOMENTUM("Momentum", 0.02),
  NESTEROV("Nesterov", 0.02),
  ADAGRAD("Adagrad", 0.05),
  ADADELTA("Adadelta", 1),
  RMSPROP("RMSprop", 0.005),
  ADAM("Adam", 0.01);

  private static final double MOMENTUM_SHARE = 0.9;

  private final String title;
  private final double lr;

  Rival(String title, double lr) {
    this.title = title;
    this.lr = lr;
  }

  /** For people. */
  String title() {
    return title;
  }

  /** For files. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  double lr() {
    return lr;
  }

  Optimizer of(List<Tensor> parameters) {
    return switch (this) {
      case SGD -> new Sgd(parameters, lr);
      case MOMENTUM -> new Sgd(parameters, lr).momentum(MOMENTUM_SHARE);
      case NESTEROV -> new Sgd(parameters, lr).momentum(MOMENTUM_SHARE).nesterov(true);
      case ADAGRAD -> new Adagrad(parameters, lr);
      case ADADELTA -> new Adadelta(parameters, lr);
      case RMSPROP -> new RmsProp(parameters, lr);
      case ADAM -> new Adam(parameters, lr);
    };
  }
}
