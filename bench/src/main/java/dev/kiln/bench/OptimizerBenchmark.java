package dev.kiln.bench;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.optim.Adam;
import dev.kiln.optim.ClipGrad;
import dev.kiln.optim.Optimizer;
import dev.kiln.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
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

/** An optimizer's step alone, on the parameters of a net; the gradients stay what they are. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class OptimizerBenchmark {
  /** A device's name, as for {@link Device#open}. */
  @Param("cpu")
  public String device = "cpu";

  /** Twelve parameters, 420 thousand numbers; or an RNN on the letters of hihello: six, 145. */
  @Param({"cnn", "hihello"})
  public String net = "cnn";

  private Device opened;
  private List<Tensor> parameters;
  private Optimizer adam;
  private Optimizer momentum;

  /** Makes the parameters, with gradients. */
  @Setup(Level.Trial)
  public void open() {
    opened = Device.open(device);
    int[] sizes =
        net.equals("cnn")
            ? new int[] {
              32 * 25, 32, 32, 32, 64 * 32 * 9, 64, 64, 64, 3136 * 128, 128, 128 * 10, 10
            }
            : new int[] {25, 25, 5, 5, 25, 60};
    parameters = new ArrayList<>();
    for (int size : sizes) {
      Tensor parameter = Tensor.full(opened, 0.5f, size).requiresGrad(true);
      parameter.setGrad(Tensor.full(opened, 1e-3f, size));
      parameters.add(parameter);
    }
    adam = new Adam(parameters, 1e-6);
    momentum = new Sgd(parameters, 1e-6).momentum(0.9);
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() {
    opened.close();
  }

  /** One step of Adam, and the wait for it. */
  @Benchmark
  public void adam() {
    adam.step();
    opened.backend().synchronize();
  }

  /** One step with momentum, and the wait for it. */
  @Benchmark
  public void momentum() {
    momentum.step();
    opened.backend().synchronize();
  }

  /** Clipping by a norm that is never reached, and the wait for it. */
  @Benchmark
  public void clip() {
    ClipGrad.norm(parameters, 1e9);
    opened.backend().synchronize();
  }
}
