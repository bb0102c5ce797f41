package dev.kiln.bench.clblast;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.EngineProvider;
import java.util.Optional;

/** CLBlast on the device that {@code kiln-opencl} takes: {@code clblast}. */
public final class ClBlastProvider implements EngineProvider {
  private static final String NAME = "clblast";

  @Override
  public String names() {
    return NAME;
  }

  @Override
  public Optional<Engine> open(String name) {
    return name.equals(NAME) ? Optional.of(ClBlastEngine.open()) : Optional.empty();
  }
}
