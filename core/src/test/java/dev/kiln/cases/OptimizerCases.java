package dev.kiln.cases;

import dev.kiln.Tensor;
import dev.kiln.cases.OpCase.Values;
import dev.kiln.ops.Concat;
import dev.kiln.optim.Adadelta;
import dev.kiln.optim.Adagrad;
import dev.kiln.optim.Adam;
import dev.kiln.optim.AdamW;
import dev.kiln.optim.ClipGrad;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.RmsProp;
import dev.kiln.optim.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three steps of each optimizer, and clipping: on one parameter, on several, on more than 32. */
final class OptimizerCases {
  private static final int STEPS = 3;

  private static final int[][] SIZES = {
    {1}, {3, 0, 70, 17}, IntStream.range(0, 35).map(i -> i % 6).toArray(), {5000, 4, 2048}
  };

  private OptimizerCases() {}

  /** One number's step in double precision. */
  private interface Rule {
    double step(double parameter, double gradient, double[] state, int t);
  }

  static Stream<OpCase> all() {
    return Arrays.stream(SIZES)
        .flatMap(
            sizes ->
                Stream.of(
                    optimizer("sgd", sizes, p -> new Sgd(p, 0.1).weightDecay(0.1), sgd(0, false)),
                    optimizer(
                        "momentum",
                        sizes,
                        p -> new Sgd(p, 0.1).momentum(0.9).weightDecay(0.1),
                        sgd(0.9, false)),
                    optimizer(
                        "nesterov",
                        sizes,
                        p -> new Sgd(p, 0.1).momentum(0.9).nesterov(true).weightDecay(0.1),
                        sgd(0.9, true)),
                    optimizer(
                        "adagrad",
                        sizes,
                        p -> new Adagrad(p, 0.1).initialAccumulator(0.1),
                        OptimizerCases::adagrad),
                    optimizer(
                        "adadelta",
                        sizes,
                        p -> new Adadelta(p, 1).eps(1e-3),
                        OptimizerCases::adadelta),
                    optimizer(
                        "rmsprop",
                        sizes,
                        p -> new RmsProp(p, 0.01).alpha(0.9).eps(0.1).centered(true).momentum(0.5),
                        OptimizerCases::rmsprop),
                    optimizer("adam", sizes, p -> new Adam(p, 0.1).eps(0.01), adam(0, false)),
                    optimizer(
                        "adamw",
                        sizes,
                        p -> new AdamW(p, 0.1).eps(0.01).weightDecay(0.1).amsgrad(true),
                        adam(0.1, true)),
                    clipped("clip_grad_norm", sizes, p -> ClipGrad.norm(p, 0.5), 0.5),
                    clipped("clip_grad_value", sizes, p -> ClipGrad.value(p, 0.5), -0.5)));
  }

  private static Rule sgd(double momentum, boolean nesterov) {
    return (p, gradient, state, t) -> {
      double g = gradient + 0.1 * p;
      state[0] = t == 1 ? g : momentum * state[0] + g;
      return p - 0.1 * (nesterov ? g + momentum * state[0] : state[0]);
    };
  }

  private static double adagrad(double p, double g, double[] state, int t) {
    state[0] = (t == 1 ? 0.1 : state[0]) + g * g;
    return p - 0.1 * g / (Math.sqrt(state[0]) + 1e-10);
  }

  private static double adadelta(double p, double g, double[] state, int t) {
    state[0] = 0.9 * state[0] + 0.1 * g * g;
    double move = Math.sqrt(state[1] + 1e-3) / Math.sqrt(state[0] + 1e-3) * g;
    state[1] = 0.9 * state[1] + 0.1 * move * move;
    return p - move;
  }

  private static double rmsprop(double p, double g, double[] state, int t) {
    state[0] = 0.9 * state[0] + 0.1 * g * g;
    state[1] = 0.9 * state[1] + 0.1 * g;
    double root = Math.sqrt(state[0] - state[1] * state[1]);
    state[2] = 0.5 * state[2] + g / (root + 0.1);
    return p - 0.01 * state[2];
  }

  private static Rule adam(double decay, boolean amsgrad) {
    return (p, g, state, t) -> {
      state[0] = 0.9 * state[0] + 0.1 * g;
      state[1] = 0.999 * state[1] + 0.001 * g * g;
      state[2] = Math.max(state[2], state[1]);
      double v = (amsgrad ? state[2] : state[1]) / (1 - Math.pow(0.999, t));
      double m = state[0] / (1 - Math.pow(0.9, t));
      return p * (1 - 0.1 * decay) - 0.1 * m / (Math.sqrt(v) + 0.01);
    };
  }

  /** Parameters come first, then their gradients. */
  private static OpCase inputs(String name, int... sizes) {
    OpCase opCase = OpCase.of(name, sizes.length, "parameters");
    for (int i = 0; i < 2 * sizes.length; i++) {
      opCase.constant(Values.SIGNED, sizes[i % sizes.length]);
    }
    return opCase;
  }

  private static List<Tensor> withGradients(Tensor... x) {
    List<Tensor> parameters = new ArrayList<>();
    for (int i = 0; i < x.length / 2; i++) {
      // a copy, for gradients are cleared with their step
      x[i].setGrad(x[x.length / 2 + i].detach().mul(1));
      parameters.add(x[i]);
    }
    return parameters;
  }

  private static List<Tensor> gradients(Tensor... x) {
    List<Tensor> gradients = new ArrayList<>();
    for (int i = 0; i < x.length / 2; i++) {
      gradients.add(Objects.requireNonNull(x[i].grad()));
    }
    return gradients;
  }

  private static OpCase optimizer(
      String name, int[] sizes, Function<List<Tensor>, Optimizer> make, Rule rule) {
    return inputs(name, sizes)
        .forward(
            x -> {
              List<Tensor> parameters = withGradients(x);
              Optimizer optimizer = make.apply(parameters);
              for (int t = 0; t < STEPS; t++) {
                optimizer.step();
              }
              return Concat.apply(parameters, 0);
            })
        .varying()
        .oracle(
            x -> {
              double[] p = joined(x, 0);
              double[] g = joined(x, x.length / 2);
              for (int i = 0; i < p.length; i++) {
                double[] state = new double[3];
                for (int t = 1; t <= STEPS; t++) {
                  p[i] = rule.step(p[i], g[i], state, t);
                }
              }
              return p;
            });
  }

  /** What one half of the inputs is in a row. */
  private static double[] joined(double[][] x, int from) {
    return Arrays.stream(x, from, from + x.length / 2).flatMapToDouble(Arrays::stream).toArray();
  }

  private interface Clip {
    void run(List<Tensor> parameters);
  }

  /**
   * @param bound of the norm; if negative, of each value
   */
  private static OpCase clipped(String name, int[] sizes, Clip clip, double bound) {
    return inputs(name, sizes)
        .forward(
            x -> {
              clip.run(withGradients(x));
              return Concat.apply(gradients(x), 0);
            })
        .oracle(
            x -> {
              double[] g = joined(x, x.length / 2);
              double norm = Math.sqrt(Arrays.stream(g).map(v -> v * v).sum());
              double scale = Math.min(1, bound / (norm + 1e-6));
              return Arrays.stream(g)
                  .map(v -> bound > 0 ? v * scale : Math.max(bound, Math.min(-bound, v)))
                  .toArray();
            });
  }
}
