package dev.kiln.bench.engine;

import java.util.Map;

/** One work set up in one engine, its data in place. */
public interface Task {
  /** Computes it, and waits until it is done. This is what is timed. */
  void run();

  /**
   * Computes it, and copies out what came of it: the results that the work names, row-major. Called
   * once, before the first {@link #run}.
   */
  Map<String, float[]> results();
}
