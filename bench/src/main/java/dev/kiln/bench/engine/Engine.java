package dev.kiln.bench.engine;

import dev.kiln.bench.work.Work;
import java.util.Optional;

/** Something that computes on one device: Kiln's, or a peer. */
public interface Engine extends AutoCloseable {
  /** What it is: version, device, threads. */
  String description();

  /**
   * Sets a work up, with the work's data.
   *
   * @return nothing if the engine has no such work
   */
  Optional<Task> prepare(Work work);

  /** Frees the engine, and all tasks. */
  @Override
  void close();
}
