package dev.kiln.gpu;

import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Optimization;
import dev.kiln.backend.SgdSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Optimizer steps: optim.cl. */
interface GpuOptimization extends Optimization, GpuFamily {
  @Override
  default void sgd(SgdSpec spec, Buffer parameter, Buffer gradient, @Nullable Buffer velocity) {
    int n = parameter.size();
    Grid grid = covering("optim", n);
    if (velocity == null) {
      launch("optim", "sgd", grid, parameter, gradient, n, spec.lr(), spec.weightDecay());
    } else {
      launch(
          "optim",
          "sgd_momentum",
          grid,
          parameter,
          gradient,
          velocity,
          n,
          spec.lr(),
          spec.weightDecay(),
          spec.momentum(),
          spec.dampening(),
          spec.nesterov() ? 1 : 0,
          spec.first() ? 1 : 0);
    }
  }

  @Override
  default void adam(
      AdamSpec spec,
      Buffer parameter,
      Buffer gradient,
      Buffer m,
      Buffer v,
      @Nullable Buffer maximum) {
    int n = parameter.size();
    float decay = spec.decoupled() ? 0 : spec.weightDecay();
    float shrink = spec.decoupled() ? 1 - spec.lr() * spec.weightDecay() : 1;
    @Nullable Object[] arguments = {
      parameter,
      gradient,
      m,
      v,
      n,
      spec.beta1(),
      spec.beta2(),
      spec.eps(),
      decay,
      shrink,
      spec.stepSize(),
      spec.correction(),
      maximum
    };
    if (maximum == null) {
      launch("optim", "adam", covering("optim", n), Arrays.copyOf(arguments, arguments.length - 1));
    } else {
      launch("optim", "amsgrad", covering("optim", n), arguments);
    }
  }
}
