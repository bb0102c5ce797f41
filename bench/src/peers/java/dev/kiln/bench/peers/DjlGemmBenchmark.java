package dev.kiln.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The products of {@code dev.kiln.bench.GemmBenchmark}, by PyTorch through DJL. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DjlGemmBenchmark {
  /** Rows and columns of the three matrices. */
  @Param({"64", "512", "1024"})
  public int n;

  private NDManager manager;
  private NDArray a;
  private NDArray b;

  /** Fills both operands. */
  @Setup(Level.Trial)
  public void open() {
    manager = NDManager.newBaseManager("PyTorch");
    a = manager.randomUniform(-1, 1, new Shape(n, n));
    b = manager.randomUniform(-1, 1, new Shape(n, n));
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() {
    manager.close();
  }

  /** One product, into a matrix of its own that is freed again. */
  @Benchmark
  public void gemm() {
    a.matMul(b).close();
  }
}
