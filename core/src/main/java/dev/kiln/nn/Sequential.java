package dev.kiln.nn;

import dev.kiln.Tensor;
import java.util.List;

/** Modules one after the other, named {@code 0}, {@code 1} and so on, as in PyTorch. */
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
    for (Module module : modules) {
      y = module.forward(y);
    }
    return y;
  }
}
