package dev.kiln.bench.engine;

import java.util.Optional;

/** Opens engines by name. Providers are found as services. */
public interface EngineProvider {
  /** The names it knows, for a message, such as {@code kiln-<device>}. */
  String names();

  /**
   * @return nothing if the name is another's
   */
  Optional<Engine> open(String name);
}
