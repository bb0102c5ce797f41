package dev.kiln.bench;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.backend.Conv2dSpec;
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

/**
 * Depthwise convolution and its two gradients: 3 x 3 with padding 1 over 8 images of 28 x 28. One
 * pass takes 18 floating-point operations an output.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class DepthwiseBenchmark {
  private static final int IMAGES = 8;
  private static final int SIDE = 28;

  /** A device's name, as for {@link Device#open}. */
  @Param("cpu")
  public String device = "cpu";

  @Param("128")
  public int channels;

  @Param({"1", "2"})
  public int stride;

  private Device opened;
  private Conv2dSpec spec;
  private Tensor x;
  private Tensor w;
  private Tensor dy;
  private Tensor dx;
  private Tensor dw;

  /** Opens the device and fills the operands. */
  @Setup(Level.Trial)
  public void open() {
    opened = Device.open(device);
    int side = (SIDE - 1) / stride + 1;
    spec =
        new Conv2dSpec(
            IMAGES, channels, SIDE, SIDE, channels, side, side, 3, 3, stride, stride, 1, 1, 1, 1,
            channels);
    Random random = new Random(1);
    x = tensor(random, IMAGES, channels, SIDE, SIDE);
    dx = tensor(random, IMAGES, channels, SIDE, SIDE);
    dy = tensor(random, IMAGES, channels, side, side);
    w = tensor(random, channels, 1, 3, 3);
    dw = tensor(random, channels, 1, 3, 3);
  }

  private Tensor tensor(Random random, int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return Tensor.of(opened, values, shape);
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() {
    opened.close();
  }

  @Benchmark
  public void forward() {
    x.backend().conv2d(spec, x.buffer(), w.buffer(), null, dy.buffer());
    opened.synchronize();
  }

  @Benchmark
  public void inputGradient() {
    x.backend().conv2dInputGradient(spec, dy.buffer(), w.buffer(), dx.buffer());
    opened.synchronize();
  }

  @Benchmark
  public void weightGradient() {
    x.backend().conv2dWeightGradient(spec, x.buffer(), dy.buffer(), dw.buffer());
    opened.synchronize();
  }
}
