package dev.kiln.bench.turns;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.Engines;
import dev.kiln.bench.engine.Reference;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.Work;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Arrays;

/**
 * The process of one engine: set up, compared and warmed up, it waits for lines with a number of
 * seconds, takes steps for so long, and answers with a {@link Slice}.
 */
final class StepProcess {
  private StepProcess() {}

  /**
   * Ends when its input does.
   *
   * @param arguments the engine, the work, and how many seconds to warm up
   */
  public static void main(String[] arguments) throws IOException {
    String name = arguments[0];
    Work work = Work.parse(arguments[1]);
    try (Engine engine = Engines.open(name)) {
      Engines.Agreed agreed = Engines.prepare(engine, name, work, Reference::elsewhere);
      System.out.println(agreed.report());
      Task task = agreed.task();
      steps(task, Double.parseDouble(arguments[2]));
      System.out.println(Stepper.READY);
      BufferedReader input =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        System.out.println(Slice.of(steps(task, Double.parseDouble(line))).line());
      }
    }
  }

  /** The nanoseconds of each. */
  private static long[] steps(Task task, double seconds) {
    long[] nanos = new long[1024];
    int count = 0;
    long begin = System.nanoTime();
    long last = begin;
    while (last - begin < seconds * 1e9) {
      task.run();
      long now = System.nanoTime();
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      nanos[count++] = now - last;
      last = now;
    }
    return Arrays.copyOf(nanos, count);
  }
}
