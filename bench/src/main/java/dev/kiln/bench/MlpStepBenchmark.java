package dev.kiln.bench;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.optim.Adam;
import dev.kiln.optim.Optimizer;
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

/** One training step of the MNIST MLP: 784-256-10, ReLU, batch 256, cross entropy, Adam. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class MlpStepBenchmark {
  private static final int BATCH = 256;

  /** A device's name, as for {@link Device#open}. */
  @Param("cpu")
  public String device = "cpu";

  private Device opened;
  private Module net;
  private Optimizer adam;
  private Tensor images;
  private Tensor labels;

  /** Builds the net, and one batch. */
  @Setup(Level.Trial)
  public void open() {
    opened = Device.open(device);
    net = Sequential.of(new Linear(784, 256), new ReLU(), new Linear(256, 10)).to(opened);
    adam = new Adam(net.parameters(), 1e-3);
    Random random = new Random(1);
    float[] pixels = new float[BATCH * 784];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    int[] classes = new int[BATCH];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = i % 10;
    }
    images = Tensor.of(opened, pixels, BATCH, 784);
    labels = Tensor.of(opened, classes, BATCH);
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() {
    opened.close();
  }

  /**
   * Forward, loss, backward, and Adam on every parameter.
   *
   * @return the loss, read back
   */
  @Benchmark
  public float step() {
    try (dev.kiln.Scope step = opened.scope()) {
      Tensor loss = Losses.crossEntropy(net.forward(images), labels);
      adam.zeroGrad();
      loss.backward();
      adam.step();
      return loss.item();
    }
  }
}
