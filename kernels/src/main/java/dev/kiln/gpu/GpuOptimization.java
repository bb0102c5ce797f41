package dev.kiln.gpu;

import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Optimization;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.SgdSpec;
import dev.kiln.backend.Stepped;
import dev.kiln.gpu.driver.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Optimizer steps and the clipping of gradients: optim.cl, clip.cl. */
interface GpuOptimization extends Optimization, GpuFamily {
  @Override
  default void sgd(SgdSpec spec, Stepped on, @Nullable Buffer velocity) {
    if (velocity == null) {
      step("sgd", on, spec, s -> new float[] {s.lr(), s.decay()}, List.of());
    } else {
      step(
          "momentum",
          on,
          spec,
          s -> new float[] {s.lr(), s.decay(), s.momentum(), s.take()},
          Arrays.asList(velocity),
          spec.nesterov(),
          spec.first());
    }
  }

  @Override
  default void adagrad(AdagradSpec spec, Stepped on, Buffer sum) {
    step("adagrad", on, spec, s -> new float[] {s.lr(), s.eps(), s.decay()}, Arrays.asList(sum));
  }

  @Override
  default void adadelta(AdadeltaSpec spec, Stepped on, Buffer squares, Buffer moves) {
    step(
        "adadelta",
        on,
        spec,
        s -> new float[] {s.lr(), s.keep(), s.take(), s.eps(), s.decay()},
        Arrays.asList(squares, moves));
  }

  @Override
  default void rmsprop(
      RmspropSpec spec,
      Stepped on,
      Buffer squares,
      @Nullable Buffer mean,
      @Nullable Buffer velocity) {
    step(
        "rmsprop",
        on,
        spec,
        s -> new float[] {s.lr(), s.keep(), s.take(), s.eps(), s.momentum(), s.decay()},
        Arrays.asList(squares, mean, velocity),
        mean != null,
        velocity != null);
  }

  @Override
  default void adam(AdamSpec spec, Stepped on, Buffer m, Buffer v, @Nullable Buffer maximum) {
    step(
        maximum == null ? "adam" : "amsgrad",
        on,
        spec,
        s ->
            new float[] {
              s.keep1(),
              s.take1(),
              s.keep2(),
              s.take2(),
              s.eps(),
              s.decay(),
              s.shrink(),
              s.stepSize(),
              s.correction()
            },
        maximum == null ? Arrays.asList(m, v) : Arrays.asList(m, v, maximum));
  }

  @Override
  default void norm(List<Buffer> xs, Buffer y) {
    String program = program("clip");
    int total = 0;
    for (Buffer x : xs) {
      total += chunks(program, x);
    }
    try (Workspace partial = Workspace.ofFloats(pool(), total)) {
      int base = 0;
      for (List<Buffer> part : parts(program, xs)) {
        base += clip(program, "sum_of_squares", part, partial.memory(), base);
      }
      int group = kernels().tunable(program, "WG");
      launch(program, "total_norm", Grid.of(1, group), partial.memory(), total, y);
    }
  }

  @Override
  default void clipNorm(float maximum, Buffer norm, List<Buffer> xs) {
    String program = program("clip");
    for (List<Buffer> part : parts(program, xs)) {
      clip(program, "clip_norm", part, norm, maximum);
    }
  }

  @Override
  default void clipValue(float bound, List<Buffer> xs) {
    String program = program("clip");
    for (List<Buffer> part : parts(program, xs)) {
      clip(program, "clip_value", part, bound);
    }
  }

  private String program(String name) {
    return cpuKernels() ? name + "_cpu" : name;
  }

  private int chunks(String program, Buffer x) {
    int chunk = kernels().tunable(program, "CHUNK");
    return x.size() / chunk + (x.size() % chunk > 0 ? 1 : 0);
  }

  /** How many buffers a launch takes: {@code slots.h}. */
  private int slots(String program) {
    return kernels().tunable(program, "SLOTS");
  }

  private <T> List<List<T>> parts(String program, List<T> all) {
    int slots = slots(program);
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += slots) {
      parts.add(all.subList(from, Math.min(all.size(), from + slots)));
    }
    return parts;
  }

  /**
   * A launch for as many parameters as it has slots.
   *
   * @param numbers the kernel's floats, all of which may change from step to step
   * @param states the kernel's first arguments
   * @param flags its ints
   */
  private <S> void step(
      String kernel,
      Stepped on,
      S spec,
      Function<S, float[]> numbers,
      List<@Nullable Buffer> states,
      boolean... flags) {
    String program = program("optim");
    GivenNumbers given = given(spec, s -> bits(numbers.apply(s)));
    List<@Nullable Object> first = new ArrayList<>(states);
    for (float number : numbers.apply(spec)) {
      first.add(number);
    }
    for (boolean flag : flags) {
      first.add(flag ? 1 : 0);
    }
    first.add(given.memory());
    first.add(given.place());
    int most = slots(program);
    for (int from = 0; from < on.parameters().size(); from += most) {
      int slots = Math.min(most, on.parameters().size() - from);
      int groups = 0;
      List<@Nullable Object> arguments = new ArrayList<>(first.size() + 4 * most);
      arguments.addAll(first);
      for (int i = from; i < from + slots; i++) {
        Buffer parameter = on.parameters().get(i);
        groups += chunks(program, parameter);
        Collections.addAll(
            arguments, parameter, on.gradients().get(i), parameter.size(), on.offsets().get(i));
      }
      // a parameter stays where it is from step to step: drivers set such arguments once
      Buffer some = on.parameters().get(from);
      for (int i = slots; i < most; i++) {
        Collections.addAll(arguments, some, some, 0, 0);
      }
      Grid grid = Grid.of(groups, kernels().tunable(program, "WG"));
      launch(program, kernel, grid, arguments.toArray());
    }
  }

  private static int[] bits(float[] numbers) {
    int[] bits = new int[numbers.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(numbers[i]);
    }
    return bits;
  }

  /**
   * One launch over no more gradients than it has slots; {@code first} are the kernel's first
   * arguments.
   *
   * @return how many chunks they have
   */
  private int clip(String program, String kernel, List<Buffer> xs, Object... first) {
    int most = slots(program);
    int groups = 0;
    List<Object> arguments = new ArrayList<>(first.length + 2 * most);
    Collections.addAll(arguments, first);
    for (Buffer x : xs) {
      groups += chunks(program, x);
      Collections.addAll(arguments, x, x.size());
    }
    for (int i = xs.size(); i < most; i++) {
      Collections.addAll(arguments, xs.get(0), 0);
    }
    launch(program, kernel, Grid.of(groups, kernels().tunable(program, "WG")), arguments.toArray());
    return groups;
  }
}
