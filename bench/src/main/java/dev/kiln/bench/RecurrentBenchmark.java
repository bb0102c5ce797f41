package dev.kiln.bench;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.nn.Gru;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.Module;
import dev.kiln.nn.Rnn;
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

/** One recurrent layer over a batch of sequences, forward, and forward and backward. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class RecurrentBenchmark {
  /** A device's name, as for {@link Device#open}. */
  @Param("cpu")
  public String device = "cpu";

  /** The layer. */
  @Param({"rnn", "lstm", "gru", "gru_reset_first"})
  public String cell = "lstm";

  /** Sequences. */
  @Param("64")
  public int batch;

  /** Steps of each. */
  @Param("64")
  public int steps;

  /** Features of a step. */
  @Param("128")
  public int input;

  /** Features of the state. */
  @Param("256")
  public int hidden;

  private Device opened;
  private Module net;
  private Tensor x;
  private Tensor gradient;

  /** Builds the layer and one batch. */
  @Setup(Level.Trial)
  public void open() {
    opened = Device.open(device);
    Module layer =
        switch (cell) {
          case "rnn" -> new Rnn(input, hidden);
          case "lstm" -> new Lstm(input, hidden);
          case "gru" -> new Gru(input, hidden);
          case "gru_reset_first" -> new Gru(input, hidden).resetFirst();
          default -> throw new IllegalArgumentException("no cell is called " + cell);
        };
    net = layer.to(opened);
    Generator numbers = new Generator(1);
    x = random(numbers, input).requiresGrad(true);
    gradient = random(numbers, hidden);
  }

  private Tensor random(Generator numbers, int features) {
    float[] values = numbers.uniform(steps * batch * features, -1, 1);
    return Tensor.of(opened, values, steps, batch, features);
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() {
    opened.close();
  }

  /** The output alone, as in evaluation. */
  @Benchmark
  public void forward() {
    try (dev.kiln.Scope step = opened.scope();
        Tape.Pause pause = Tape.pause()) {
      net.forward(x);
      opened.synchronize();
    }
  }

  /** The output, and from it the gradients of the input and of all weights. */
  @Benchmark
  public void train() {
    x.clearGrad();
    net.parameters().forEach(Tensor::clearGrad);
    try (dev.kiln.Scope step = opened.scope()) {
      net.forward(x).backward(gradient);
      opened.synchronize();
    }
  }
}
