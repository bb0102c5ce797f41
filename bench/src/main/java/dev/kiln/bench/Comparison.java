package dev.kiln.bench;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.Engines;
import dev.kiln.bench.engine.Reference;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.Work;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One engine at one work: set up, compared with the reference, and only then timed. What cannot be
 * opened, is not there or came out wrong is reported by JMH as a failure of this pair alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public abstract class Comparison {
  private Engine opened;
  private Task task;

  /** Which engine is measured; see {@link Engines}. */
  abstract String engine();

  /** What is measured; see {@link Work}. */
  abstract String work();

  /** Sets up and compares. */
  @Setup(Level.Trial)
  public void open() {
    Work work = Work.parse(work());
    opened = Engines.open(engine());
    Engines.Agreed agreed = Engines.prepare(opened, engine(), work, Reference::elsewhere);
    task = agreed.task();
    // JMH's own line has not ended yet
    System.out.println();
    System.out.println(agreed.report());
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() {
    opened.close();
  }

  /** The work, done once. */
  @Benchmark
  public void run() {
    task.run();
  }
}
