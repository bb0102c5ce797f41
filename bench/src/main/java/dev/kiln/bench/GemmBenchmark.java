package dev.kiln.bench;

import dev.kiln.Device;
import dev.kiln.Tensor;
import java.util.Random;
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

/** Products of two square float32 matrices; one takes 2 n³ floating-point operations. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class GemmBenchmark {
  /** A device's name, as for {@link Device#open}. */
  @Param("cpu")
  public String device = "cpu";

  /** Rows and columns of the three matrices. */
  @Param({"64", "512", "1024"})
  public int n;

  private Device opened;
  private Tensor a;
  private Tensor b;

  /** Opens the device and fills both operands. */
  @Setup(Level.Trial)
  public void open() {
    opened = Device.open(device);
    Random random = new Random(1);
    a = Tensor.of(opened, values(random), n, n);
    b = Tensor.of(opened, values(random), n, n);
  }

  private float[] values(Random random) {
    float[] values = new float[n * n];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() {
    opened.close();
  }

  /** One product, into a matrix of its own that is freed again. */
  @Benchmark
  public void gemm() {
    try (Tensor c = a.matmul(b)) {
      opened.synchronize();
    }
  }
}
