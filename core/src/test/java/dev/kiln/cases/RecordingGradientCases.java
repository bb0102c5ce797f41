package dev.kiln.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.optim.Adam;
import dev.kiln.optim.AdamW;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.RmsProp;
import dev.kiln.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gradients that recorded steps leave and find, and the optimizers that step by them. A
 * backend's tests extend it with their device.
 */
public abstract class RecordingGradientCases {
  protected abstract Device open();

  /** A step of {@code w · w}, of which the optimizer may be a part or not. */
  private static Recording.Step squares(Tensor w, Optimizer optimizer, boolean whole) {
    return in -> {
      Tensor loss = w.mul(w).sum();
      if (whole) {
        optimizer.zeroGrad();
      }
      loss.backward();
      if (whole) {
        optimizer.step();
      }
      return List.of(loss);
    };
  }

  private static Recording.Step triples(Tensor w, Optimizer optimizer) {
    return in -> {
      Tensor loss = w.mul(3).sum();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return List.of(loss);
    };
  }

  /** The gradient and the parameter after each of some steps. */
  private static List<float[]> walk(Device device, boolean recorded, Walk walk) {
    List<float[]> seen = new ArrayList<>();
    try (Scope all = device.scope()) {
      Tensor w = Tensor.of(device, new float[] {1, -2, 3}, 3).requiresGrad(true);
      Optimizer optimizer = new Adam(List.of(w), 0.1);
      List<Recording.Step> steps = walk.steps(w, optimizer);
      List<Recording> recordings = steps.stream().map(device::record).toList();
      for (int i = 0; i < 10; i++) {
        try (Scope scope = device.scope()) {
          int number = i;
          walk.take(
              i,
              optimizer,
              which -> {
                if (recorded && !walk.eagerly(number)) {
                  recordings.get(which).run();
                } else {
                  steps.get(which).take(List.of());
                }
              });
        }
        seen.add(w.grad() == null ? new float[0] : w.grad().toFloats());
        seen.add(w.toFloats());
      }
    }
    return seen;
  }

  /** Steps that share a parameter, and in which order they are taken. */
  private interface Walk {
    List<Recording.Step> steps(Tensor w, Optimizer optimizer);

    void take(int number, Optimizer optimizer, IntConsumer step);

    default boolean eagerly(int number) {
      return false;
    }
  }

  private void walksLikeAnEagerOne(Walk walk) {
    try (Device device = open()) {
      assertThat(walk(device, true, walk))
          .usingRecursiveComparison()
          .isEqualTo(walk(device, false, walk));
      assertThat(device.memory().used()).isZero();
    }
  }

  @Test
  void gradientsAreThoseOfTheRecordingThatRanLast() {
    walksLikeAnEagerOne(
        new Walk() {
          @Override
          public List<Recording.Step> steps(Tensor w, Optimizer optimizer) {
            return List.of(squares(w, optimizer, true), triples(w, optimizer));
          }

          @Override
          public void take(int number, Optimizer optimizer, IntConsumer step) {
            step.accept(number / 2 % 2);
          }
        });
  }

  @Test
  void recordedAndEagerStepsTakeTurns() {
    walksLikeAnEagerOne(
        new Walk() {
          @Override
          public List<Recording.Step> steps(Tensor w, Optimizer optimizer) {
            return List.of(squares(w, optimizer, true), triples(w, optimizer));
          }

          @Override
          public void take(int number, Optimizer optimizer, IntConsumer step) {
            step.accept(number % 2);
          }

          @Override
          public boolean eagerly(int number) {
            return number % 3 == 2;
          }
        });
  }

  /** PyTorch's habit for graphs: the optimizer is not captured. */
  @Test
  void theOptimizerMayStepOutside() {
    walksLikeAnEagerOne(
        new Walk() {
          @Override
          public List<Recording.Step> steps(Tensor w, Optimizer optimizer) {
            return List.of(squares(w, optimizer, false));
          }

          @Override
          public void take(int number, Optimizer optimizer, IntConsumer step) {
            optimizer.zeroGrad();
            step.accept(0);
            optimizer.step();
          }
        });
  }

  @Test
  void aStepMayFreeItsGradientsAtItsEnd() {
    walksLikeAnEagerOne(
        new Walk() {
          @Override
          public List<Recording.Step> steps(Tensor w, Optimizer optimizer) {
            Recording.Step inner = squares(w, optimizer, false);
            return List.of(
                in -> {
                  List<Tensor> loss = inner.take(in);
                  optimizer.step();
                  optimizer.zeroGrad();
                  return loss;
                });
          }

          @Override
          public void take(int number, Optimizer optimizer, IntConsumer step) {
            step.accept(0);
          }
        });
  }

  @Test
  void whatWouldAddToAGradientLaterIsTold() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      Optimizer sgd = new Sgd(List.of(w), 0.1);
      try (Recording recording = device.record(squares(w, sgd, false))) {
        for (int i = 0; i < 4; i++) {
          sgd.zeroGrad();
          recording.run();
        }
        assertThatThrownBy(recording::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll("had no gradient", "zeroGrad()");
        sgd.zeroGrad();
        recording.run();
        assertThat(w.grad().toFloats()).containsOnly(2);
      }
      assertThat(w.grad().toFloats()).containsOnly(2);
    }
  }

  @Test
  void whoseGradientsComeFromOutsideIsTold() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      Optimizer sgd = new Sgd(List.of(w), 0.1);
      Recording.Step step =
          in -> {
            sgd.step();
            return List.of();
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 3; i++) {
          w.clearGrad();
          w.mul(w).sum().backward();
          if (i < 2) {
            recording.run();
          } else {
            assertThatThrownBy(recording::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("gradient", "from outside", "backward()");
          }
        }
      }
    }
  }

  @Test
  void aRefusedStepLeavesNoGradients() {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      Optimizer sgd = new Sgd(List.of(w), 0.1);
      Recording.Step step = squares(w, sgd, true);
      try (Recording recording =
          device.record(in -> List.of(Tensor.full(device, step.take(in).get(0).item())))) {
        recording.run();
        assertThatThrownBy(recording::run).hasMessageContaining("reads values back");
        assertThat(w.grad()).isNull();
      }
    }
  }

  /** A change of options after four steps. */
  private enum Change {
    ADAM(w -> new Adam(w, 0.1), o -> ((Adam) o).betas(0.5, 0.9).eps(0.01).weightDecay(0.3)),
    ADAMW(w -> new AdamW(w, 0.1), o -> ((AdamW) o).weightDecay(0.3)),
    SGD(
        w -> new Sgd(w, 0.1).momentum(0.9).dampening(0.5),
        o -> ((Sgd) o).momentum(0.5).dampening(0.1).weightDecay(0.2)),
    BEGUN_ANEW(
        w -> new Sgd(w, 0.1).momentum(0.9).dampening(0.5),
        o -> o.load(new Sgd(List.of(o.groups().get(0).parameters().get(0)), 0.2).stateDict())),
    RMSPROP(
        w -> new RmsProp(w, 0.1).momentum(0.9),
        o -> ((RmsProp) o).momentum(0.3).alpha(0.5).eps(1e-3));

    final Function<List<Tensor>, Optimizer> make;
    final Consumer<Optimizer> change;

    Change(Function<List<Tensor>, Optimizer> make, Consumer<Optimizer> change) {
      this.make = make;
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void optionsMayChangeBetweenRuns(Change change) {
    try (Device device = open()) {
      assertThat(changing(device, change, true)).isEqualTo(changing(device, change, false));
    }
  }

  private static float[] changing(Device device, Change change, boolean recorded) {
    try (Scope all = device.scope()) {
      Tensor w = Tensor.of(device, new float[] {1, -2, 3}, 3).requiresGrad(true);
      Optimizer optimizer = change.make.apply(List.of(w));
      Recording.Step step = squares(w, optimizer, true);
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 8; i++) {
          if (i == 4) {
            change.change.accept(optimizer);
          }
          try (Scope scope = device.scope()) {
            assertThat(recorded ? recording.run() : step.take(List.of())).hasSize(1);
          }
        }
        return w.toFloats();
      }
    }
  }

  private enum OtherWay {
    MOMENTUM(w -> new Sgd(w, 0.1), o -> ((Sgd) o).momentum(0.9)),
    NESTEROV(w -> new Sgd(w, 0.1).momentum(0.9), o -> ((Sgd) o).nesterov(true)),
    AMSGRAD(w -> new Adam(w, 0.1), o -> ((Adam) o).amsgrad(true)),
    CENTERED(w -> new RmsProp(w, 0.1), o -> ((RmsProp) o).centered(true));

    final Function<List<Tensor>, Optimizer> make;
    final Consumer<Optimizer> change;

    OtherWay(Function<List<Tensor>, Optimizer> make, Consumer<Optimizer> change) {
      this.make = make;
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource(OtherWay.class)
  void theOneWhoHasItComputeInAnotherWayIsTold(OtherWay way) {
    try (Device device = open();
        Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 3).requiresGrad(true);
      Optimizer optimizer = way.make.apply(List.of(w));
      try (Recording recording = device.record(squares(w, optimizer, true))) {
        for (int i = 0; i < 3; i++) {
          recording.run();
        }
        way.change.accept(optimizer);
        assertThatThrownBy(recording::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll(
                optimizer.getClass().getSimpleName(),
                way.name().toLowerCase(Locale.ROOT),
                "make another recording");
      }
    }
  }

  @Test
  void aRefusedReplayIsNotCounted() {
    try (Device device = open()) {
      assertThat(dropped(device, true)).isEqualTo(dropped(device, false));
    }
  }

  /** Weights after five runs, with dropout, whose draw comes before the optimizer refuses. */
  private static float[] dropped(Device device, boolean refused) {
    try (Scope all = device.scope()) {
      Tensor w = Tensor.ones(device, 64).requiresGrad(true);
      Sgd sgd = new Sgd(List.of(w), 0.1);
      Generator numbers = new Generator(5);
      Recording.Step step =
          in -> {
            Tensor loss = dev.kiln.ops.Dropout.apply(w, 0.5f, numbers).square().sum();
            sgd.zeroGrad();
            loss.backward();
            sgd.step();
            return List.of(loss);
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < 5; i++) {
          if (i == 3 && refused) {
            sgd.momentum(0.9);
            assertThatThrownBy(recording::run).hasMessageContaining("make another recording");
            sgd.momentum(0);
          }
          recording.run();
        }
      }
      return w.toFloats();
    }
  }
}
