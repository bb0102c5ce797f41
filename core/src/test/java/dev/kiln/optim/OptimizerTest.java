package dev.kiln.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Twenty steps beside the formulas of PyTorch's documentation, computed here in double. */
class OptimizerTest {
  private static final int N = 37;
  private static final int STEPS = 20;

  private final Device device = Device.open("cpu");
  private final Scope scope = device.scope();

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  /** The oracle: one element, one step. */
  private interface Rule {
    double step(double parameter, double gradient, double[] state, int t);
  }

  private static Rule sgd(
      double lr, double momentum, double dampening, double decay, boolean nesterov) {
    return (p, gradient, state, t) -> {
      double g = gradient + decay * p;
      if (momentum != 0) {
        state[0] = t == 1 ? g : momentum * state[0] + (1 - dampening) * g;
        g = nesterov ? g + momentum * state[0] : state[0];
      }
      return p - lr * g;
    };
  }

  private static Rule adam(
      double lr, double b1, double b2, double eps, double decay, boolean decoupled, boolean ams) {
    return (before, gradient, state, t) -> {
      double p = decoupled ? before * (1 - lr * decay) : before;
      double g = decoupled ? gradient : gradient + decay * before;
      state[0] = b1 * state[0] + (1 - b1) * g;
      state[1] = b2 * state[1] + (1 - b2) * g * g;
      state[2] = Math.max(state[2], state[1]);
      double v = ams ? state[2] : state[1];
      double mean = state[0] / (1 - Math.pow(b1, t));
      return p - lr * mean / (Math.sqrt(v / (1 - Math.pow(b2, t))) + eps);
    };
  }

  private static Rule adagrad(double lr, double lrDecay, double decay, double initial) {
    return (p, gradient, state, t) -> {
      double g = gradient + decay * p;
      state[0] = (t == 1 ? initial : state[0]) + g * g;
      return p - lr / (1 + (t - 1) * lrDecay) * g / (Math.sqrt(state[0]) + 1e-10);
    };
  }

  private static Rule adadelta(double lr, double rho, double eps, double decay) {
    return (p, gradient, state, t) -> {
      double g = gradient + decay * p;
      state[0] = rho * state[0] + (1 - rho) * g * g;
      double move = Math.sqrt(state[1] + eps) / Math.sqrt(state[0] + eps) * g;
      state[1] = rho * state[1] + (1 - rho) * move * move;
      return p - lr * move;
    };
  }

  private static Rule rmsprop(
      double lr, double alpha, double eps, double momentum, boolean centered, double decay) {
    return (p, gradient, state, t) -> {
      double g = gradient + decay * p;
      state[0] = alpha * state[0] + (1 - alpha) * g * g;
      state[1] = alpha * state[1] + (1 - alpha) * g;
      double variance = centered ? state[0] - state[1] * state[1] : state[0];
      state[2] = momentum * state[2] + g / (Math.sqrt(variance) + eps);
      return p - lr * state[2];
    };
  }

  @Test
  void plainGradientDescent() {
    agree(p -> new Sgd(p, 0.1), sgd(0.1, 0, 0, 0, false));
    agree(p -> new Sgd(p, 0.1).weightDecay(0.3), sgd(0.1, 0, 0, 0.3, false));
  }

  @Test
  void momentum() {
    agree(p -> new Sgd(p, 0.05).momentum(0.9), sgd(0.05, 0.9, 0, 0, false));
    agree(
        p -> new Sgd(p, 0.05).momentum(0.8).dampening(0.3).weightDecay(0.1),
        sgd(0.05, 0.8, 0.3, 0.1, false));
  }

  @Test
  void nesterovMomentum() {
    agree(
        p -> new Sgd(p, 0.05).momentum(0.9).nesterov(true).weightDecay(0.02),
        sgd(0.05, 0.9, 0, 0.02, true));
  }

  @Test
  void adagrad() {
    agree(p -> new Adagrad(p, 0.1), adagrad(0.1, 0, 0, 0));
    agree(
        p -> new Adagrad(p, 0.2).lrDecay(0.1).weightDecay(0.01).initialAccumulator(0.1),
        adagrad(0.2, 0.1, 0.01, 0.1));
  }

  @Test
  void adadelta() {
    agree(p -> new Adadelta(p, 1), adadelta(1, 0.9, 1e-6, 0));
    agree(
        p -> new Adadelta(p, 0.5).rho(0.7).eps(1e-5).weightDecay(0.01),
        adadelta(0.5, 0.7, 1e-5, 0.01));
  }

  @Test
  void rmsprop() {
    agree(p -> new RmsProp(p, 0.01), rmsprop(0.01, 0.99, 1e-8, 0, false, 0));
    agree(
        p -> new RmsProp(p, 0.01).alpha(0.9).momentum(0.5).weightDecay(0.01),
        rmsprop(0.01, 0.9, 1e-8, 0.5, false, 0.01));
    agree(
        p -> new RmsProp(p, 0.01).alpha(0.95).eps(1e-2).centered(true).momentum(0.5),
        rmsprop(0.01, 0.95, 1e-2, 0.5, true, 0));
  }

  @Test
  void adam() {
    agree(p -> new Adam(p, 0.05), adam(0.05, 0.9, 0.999, 1e-8, 0, false, false));
    agree(
        p -> new Adam(p, 0.02).betas(0.8, 0.95).eps(1e-4).weightDecay(0.3),
        adam(0.02, 0.8, 0.95, 1e-4, 0.3, false, false));
  }

  @Test
  void amsgradDividesByTheLargestMeanSquare() {
    agree(
        p -> new Adam(p, 0.05).betas(0.9, 0.5).amsgrad(true),
        adam(0.05, 0.9, 0.5, 1e-8, 0, false, true));
  }

  @Test
  void adamwDecaysTheParameterItself() {
    agree(p -> new AdamW(p, 0.05), adam(0.05, 0.9, 0.999, 1e-8, 0.01, true, false));
    agree(
        p -> new AdamW(p, 0.05).weightDecay(0.5).amsgrad(true),
        adam(0.05, 0.9, 0.999, 1e-8, 0.5, true, true));
  }

  private void agree(Function<List<Tensor>, Optimizer> make, Rule rule) {
    Generator numbers = new Generator(3);
    Tensor p = parameter(numbers.normal(N, 0, 1));
    double[] expected = doubles(p.toFloats());
    double[][] state = new double[N][3];
    Optimizer optimizer = make.apply(List.of(p));
    for (int t = 1; t <= STEPS; t++) {
      float[] gradient = numbers.normal(N, 0.2, t % 5 == 0 ? 5 : 1);
      p.setGrad(Tensor.of(device, gradient.clone(), N));
      optimizer.step();
      for (int i = 0; i < N; i++) {
        expected[i] = rule.step(expected[i], gradient[i], state[i], t);
      }
      assertClose(p, expected);
    }
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static void assertClose(Tensor p, double... expected) {
    float[] values = p.toFloats();
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i])
          .isCloseTo(expected[i], within(3e-6 * (1 + Math.abs(expected[i]))));
    }
  }

  private Tensor parameter(float... values) {
    return Tensor.of(device, values, values.length).requiresGrad(true);
  }

  private void gradient(Tensor p, float... values) {
    p.setGrad(Tensor.of(device, values, values.length));
  }

  @Test
  void aParameterWithoutAGradientStaysAndItsStepsAreNotCounted() {
    Tensor a = parameter(1);
    Tensor b = parameter(1);
    Adam adam = new Adam(List.of(a, b), 0.1);
    gradient(a, 2);
    adam.step();
    assertThat(b.item()).isEqualTo(1);
    adam.zeroGrad();
    assertThat(a.grad()).isNull();
    gradient(b, 2);
    adam.step();
    // the first step of Adam is the learning rate, whatever the gradient
    assertClose(a, 0.9);
    assertClose(b, 0.9);
  }

  @Test
  void groupsHaveTheirOwnRateAndDecay() {
    Tensor w = parameter(1);
    Tensor b = parameter(1);
    Sgd sgd = new Sgd(List.of(w), 0.1).weightDecay(0.5);
    sgd.group(List.of(b)).lr(0.2).weightDecay(0);
    gradient(w, 1);
    gradient(b, 1);
    sgd.step();
    assertClose(w, 1 - 0.1 * 1.5);
    assertClose(b, 1 - 0.2);
    assertThat(sgd.groups()).hasSize(2);
    assertThat(sgd.groups().get(1).parameters()).containsExactly(b);
  }

  @Test
  void groupsHaveTheirOwnOptionsOfEveryKind() {
    Tensor still = parameter(1);
    Tensor moving = parameter(1);
    Sgd sgd = new Sgd(List.of(still), 0.1);
    Sgd.Group group = sgd.group(List.of(moving)).momentum(0.5).lr(0.2);
    for (int t = 0; t < 2; t++) {
      gradient(still, 1);
      gradient(moving, 1);
      sgd.step();
    }
    assertClose(still, 0.8);
    assertClose(moving, 1 - 0.2 * (1 + 1.5));
    sgd.momentum(0);
    sgd.step();
    assertClose(still, 0.7);
    assertClose(moving, 0.5 - 0.2);
    assertThat(group.parameters()).containsExactly(moving);
  }

  @Test
  void momentumThatComesLaterBeginsWithTheGradient() {
    Tensor p = parameter(1);
    Sgd sgd = new Sgd(List.of(p), 0.1);
    gradient(p, 1);
    sgd.step();
    sgd.momentum(0.5).dampening(0.9);
    sgd.step();
    assertClose(p, 0.8);
  }

  @Test
  void howParametersAreGroupedChangesNoBit() {
    Generator numbers = new Generator(5);
    float[][] values = new float[40][];
    float[][] gradients = new float[40][];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.normal(i * i, 0, 1);
      gradients[i] = numbers.normal(i * i, 0, 1);
    }
    List<Function<List<Tensor>, Optimizer>> makers =
        List.of(
            p -> new Sgd(p, 0.1).momentum(0.9).nesterov(true),
            p -> new Adagrad(p, 0.1),
            p -> new Adadelta(p, 1),
            p -> new RmsProp(p, 0.1).centered(true),
            p -> new AdamW(p, 0.1).amsgrad(true));
    for (Function<List<Tensor>, Optimizer> make : makers) {
      List<Tensor> together = new ArrayList<>();
      List<Tensor> alone = new ArrayList<>();
      for (float[] value : values) {
        together.add(parameter(value.clone()));
        alone.add(parameter(value.clone()));
      }
      Optimizer one = make.apply(together);
      List<Optimizer> many = alone.stream().map(p -> make.apply(List.of(p))).toList();
      for (int t = 0; t < 3; t++) {
        for (int i = 0; i < values.length; i++) {
          gradient(together.get(i), gradients[i].clone());
          gradient(alone.get(i), gradients[i].clone());
        }
        one.step();
        many.forEach(Optimizer::step);
      }
      for (int i = 0; i < values.length; i++) {
        assertThat(together.get(i).toFloats()).isEqualTo(alone.get(i).toFloats());
      }
    }
  }

  @Test
  void theRateMayChangeBetweenSteps() {
    Tensor p = parameter(1);
    Sgd sgd = new Sgd(List.of(p), 0.1);
    gradient(p, 1);
    sgd.step();
    sgd.lr(0.5);
    sgd.step();
    assertClose(p, 0.4);
    assertThat(sgd.groups().get(0).lr()).isEqualTo(0.5);
  }

  @Test
  void momentsOutliveTheScopeOfTheStep() {
    Tensor p = parameter(1, 2, 3);
    Adam adam = new Adam(List.of(p), 0.1);
    for (int t = 0; t < 3; t++) {
      try (Scope step = device.scope()) {
        gradient(p, 1, 1, 1);
        adam.step();
        adam.zeroGrad();
      }
    }
    assertClose(p, 0.7, 1.7, 2.7);
  }

  @Test
  void clippingScalesAllGradientsByTheirCommonNorm() {
    Tensor a = parameter(0, 0);
    Tensor b = parameter(0);
    Tensor without = parameter(0);
    gradient(a, 3, 0);
    gradient(b, 4);
    List<Tensor> all = List.of(a, without, b);
    assertThat(ClipGrad.norm(all, 10).item()).isCloseTo(5, within(1e-6f));
    assertThat(gradients(a)).containsExactly(3, 0);
    assertThat(ClipGrad.norm(all, 1).item()).isCloseTo(5, within(1e-6f));
    assertThat(gradients(a)[0]).isCloseTo(0.6f, within(1e-6f));
    assertThat(gradients(b)[0]).isCloseTo(0.8f, within(1e-6f));
    assertThat(ClipGrad.norm(List.of(without), 1).item()).isZero();
  }

  @Test
  void aNormThatIsNoNumberSpoilsAllGradients() {
    Tensor a = parameter(0, 0);
    Tensor b = parameter(0);
    gradient(a, 3, Float.NaN);
    gradient(b, 4);
    assertThat(ClipGrad.norm(List.of(a, b), 1).item()).isNaN();
    assertThat(gradients(b)[0]).isNaN();
  }

  @Test
  void clippingByValueBringsEveryNumberIntoBounds() {
    Tensor a = parameter(0, 0, 0);
    Tensor b = parameter(0, 0);
    gradient(a, 3, -3, 0.5f);
    gradient(b, Float.NaN, Float.NEGATIVE_INFINITY);
    ClipGrad.value(List.of(a, parameter(1), b), 2);
    assertThat(gradients(a)).containsExactly(2, -2, 0.5f);
    assertThat(gradients(b)).containsExactly(Float.NaN, -2);
  }

  private static float[] gradients(Tensor parameter) {
    Tensor gradient = parameter.grad();
    return gradient == null ? new float[0] : gradient.toFloats();
  }

  @Test
  void saysWhatIsWrongWithItsArguments() {
    Tensor p = parameter(1);
    assertRefused(() -> new Sgd(List.of(), 0.1), "an empty list of parameters");
    assertRefused(() -> new Sgd(List.of(p, p), 0.1), "is given twice");
    assertRefused(() -> new Sgd(List.of(p.relu()), 0.1), "is an op's result, not a parameter");
    assertRefused(() -> new Sgd(List.of(p), -0.1), "the lr is at least 0.0, not -0.1");
    assertRefused(() -> new Adam(List.of(p), Double.NaN), "not NaN");
    assertRefused(() -> new Adam(List.of(p), 0.1).betas(1, 0.9), "the first beta is from 0.0 to");
    try (Device other = Device.open("cpu:scalar")) {
      Tensor elsewhere = Tensor.ones(other, 2).requiresGrad(true);
      assertRefused(() -> new Sgd(List.of(p, elsewhere), 0.1), "are on two devices");
      assertRefused(() -> ClipGrad.norm(List.of(p, elsewhere), 1), "are on two devices");
    }
    assertRefused(() -> ClipGrad.value(List.of(), 1), "an empty list of parameters");
    assertRefused(() -> ClipGrad.norm(List.of(p), -1), "the maximum of the norm is at least 0.0");
    gradient(p, 1);
    assertThatThrownBy(() -> new Sgd(List.of(p), 0.1).nesterov(true).step())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Nesterov needs a momentum");
  }

  private static void assertRefused(ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }
}
