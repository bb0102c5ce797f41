package dev.kiln.nn;

import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Modules one after the other, named {@code 0}, {@code 1} and so on, as in PyTorch. A linear layer
 * or a convolution with ReLU or GELU behind it is one call, {@link Linear#forward(Tensor, Unary)}
 * or {@link Conv2d#forward(Tensor, Unary)}, with the same bits.
 */
public final class Sequential extends Module {
  private final List<Module> modules;

  private Sequential(List<Module> modules) {
    this.modules = modules;
    for (int i = 0; i < modules.size(); i++) {
      child(Integer.toString(i), modules.get(i));
    }
  }

  public static Sequential of(Module... modules) {
    return new Sequential(List.of(modules));
  }

  public static Sequential of(List<? extends Module> modules) {
    return new Sequential(List.copyOf(modules));
  }

  /** What the last module makes of it. */
  @Override
  public Tensor forward(Tensor x) {
    Tensor y = x;
    for (int i = 0; i < modules.size(); i++) {
      Module module = modules.get(i);
      Unary function = i + 1 < modules.size() ? function(modules.get(i + 1)) : null;
      if (function != null && module instanceof Linear linear) {
        y = linear.forward(y, function);
        i++;
      } else if (function != null && module instanceof Conv2d conv) {
        y = conv.forward(y, function);
        i++;
      } else {
        y = module.forward(y);
      }
    }
    return y;
  }

  /** What a layer can do to its results itself; null where the module is something else. */
  private static @Nullable Unary function(Module module) {
    return module instanceof ReLU
        ? Unary.RELU
        : module instanceof GELU gelu ? gelu.function() : null;
  }
}
