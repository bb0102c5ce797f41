package dev.kiln.bench.peers;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.work.Work;

/** Trains one step of the net of {@code kiln hihello} and says so, as that command does. */
public final class DjlFirstStep {
  private DjlFirstStep() {}

  /**
   * Takes no arguments.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    try (Engine engine = new DjlEngine()) {
      engine.prepare(Work.parse("hihello-b1t6h5")).orElseThrow().run();
      System.out.println("Epoch   1");
    }
  }
}
