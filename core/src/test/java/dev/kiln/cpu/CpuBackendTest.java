package dev.kiln.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import dev.kiln.DeviceException;
import dev.kiln.OutOfDeviceMemoryException;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.ChannelSpec;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.DropoutSpec;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.Pool2dSpec;
import dev.kiln.backend.Rows;
import dev.kiln.backend.SgdSpec;
import dev.kiln.backend.Stepped;
import dev.kiln.backend.Unary;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuBackendTest {
  private static final Conv2dSpec CONV =
      new Conv2dSpec(21, 8, 19, 17, 12, 19, 17, 3, 3, 1, 1, 1, 1, 1, 1, 2);
  private static final Conv2dSpec DEPTHWISE =
      new Conv2dSpec(5, 24, 19, 17, 24, 10, 9, 3, 3, 2, 2, 1, 1, 1, 1, 24);

  /** One call that writes to its last argument. */
  private interface Call {
    void on(Backend backend, Buffer out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void whatLiesBesideAPartOfABufferIsLeftAlone(String engine) {
    Backend backend = backend(engine, 1);
    Buffer all = floats(backend, 40, 1);
    float[] before = values(backend, all);
    Buffer part = backend.view(all, 3, 5);
    Stepped on = new Stepped(List.of(part), List.of(floats(backend, 5, 2)), List.of(0));
    backend.sgd(new SgdSpec(0.1f, 0, 1, 0, false, false), on, null);
    GemmSpec product = new GemmSpec(3, 2, 4, false, false, 1, 0, 0);
    Buffer a = floats(backend, 12, 3);
    Buffer b = floats(backend, 8, 4);
    backend.gemm(product, a, b, Epilogue.NONE, backend.view(all, 20, 6));
    float[] after = values(backend, all);
    for (int i = 0; i < 40; i++) {
      boolean written = i >= 3 && i < 8 || i >= 20 && i < 26;
      assertThat(after[i] != before[i]).as("element %d", i).isEqualTo(written);
    }
  }

  private static float[] values(Backend backend, Buffer buffer) {
    FloatBuffer values = FloatBuffer.allocate(buffer.size());
    backend.download(buffer, values);
    return values.array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void theNumberOfThreadsChangesNoBitOfAnyOp(String engine) {
    int n = 70_001;
    sameBits(engine, n, (b, y) -> b.unary(Unary.TANH, floats(b, n, 1), y));
    sameBits(engine, n, (b, y) -> b.dropout(new DropoutSpec(1, 0.3f, 5, 6), floats(b, n, 1), y));
    sameBits(engine, 1, (b, y) -> b.sum(new Rows(1, 300_001, 1), 1, floats(b, 300_001, 1), y));
    sameBits(engine, 700, (b, y) -> b.sum(new Rows(1, 300, 700), 1, floats(b, 210_000, 1), y));
    sameBits(engine, 210_000, (b, y) -> b.softmax(new Rows(70, 3000, 1), floats(b, 210_000, 1), y));
    sameBits(engine, 210_000, (b, y) -> b.softmax(new Rows(3, 70, 1000), floats(b, 210_000, 1), y));
    sameBits(
        engine,
        37 * 41 * 29,
        (b, y) ->
            b.gemm(
                new GemmSpec(41, 29, 300, false, true, 37, 41 * 300, 29 * 300),
                floats(b, 37 * 41 * 300, 1),
                floats(b, 37 * 29 * 300, 2),
                Epilogue.NONE,
                y));
    sameBits(
        engine,
        1100,
        (b, y) ->
            b.gemm(
                new GemmSpec(1, 1100, 300, false, false, 1, 0, 0),
                floats(b, 300, 1),
                floats(b, 300 * 1100, 2),
                Epilogue.bias(floats(b, 1100, 3)),
                y));
    sameBits(
        engine,
        9000,
        (b, y) ->
            b.crossEntropyGradient(
                new CrossEntropySpec(new Rows(900, 10, 1), -100, 0.1f),
                floats(b, 9000, 1),
                b.adopt(new int[900]),
                null,
                floats(b, 1, 2),
                null,
                y));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void theNumberOfThreadsChangesNoBitOfAConvolution(String engine) {
    for (Conv2dSpec spec : new Conv2dSpec[] {CONV, DEPTHWISE}) {
      int in = spec.n() * spec.inChannels() * spec.inPixels();
      int out = spec.n() * spec.outChannels() * spec.outPixels();
      int weights = spec.outChannels() * spec.patch();
      sameBits(
          engine,
          out,
          (b, y) -> b.conv2d(spec, floats(b, in, 1), floats(b, weights, 2), Epilogue.NONE, y));
      sameBits(
          engine,
          in,
          (b, dx) -> b.conv2dInputGradient(spec, floats(b, out, 1), floats(b, weights, 2), dx));
      sameBits(
          engine,
          weights,
          (b, dw) -> b.conv2dWeightGradient(spec, floats(b, in, 1), floats(b, out, 2), dw));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void theNumberOfThreadsChangesNoBitOfBatchNorm(String engine) {
    ChannelSpec spec = new ChannelSpec(20, 30, 99);
    int size = 20 * 30 * 99;
    sameBits(
        engine,
        size,
        (b, y) ->
            b.batchNorm(
                spec,
                1e-5f,
                0.1f,
                floats(b, size, 1),
                null,
                null,
                null,
                null,
                y,
                floats(b, 30, 2),
                floats(b, 30, 3)));
    sameBits(
        engine,
        size,
        (b, dx) ->
            b.batchNormGradient(
                spec,
                floats(b, size, 1),
                floats(b, size, 2),
                floats(b, 30, 3),
                floats(b, 30, 4),
                floats(b, 30, 5),
                dx,
                floats(b, 30, 6),
                floats(b, 30, 7)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void maxPoolLetsNanWinAndElseTheFirstOfEquals(String engine) {
    Backend backend = backend(engine, 1);
    float nan = Float.NaN;
    float[] window = {1, nan, 3, 9, /**/ 5, 5, 5, 1, /**/ nan, 7, nan, 8, /**/ -3, -2, -2, -9};
    int[] first = {1, 0, 0, 1};
    int windows = 40; // whole vectors, and some left over
    float[] x = new float[4 * windows];
    for (int i = 0; i < windows; i++) {
      for (int tap = 0; tap < 4; tap++) {
        x[tap / 2 * 2 * windows + 2 * i + tap % 2] = window[i % 4 * 4 + tap];
      }
    }
    Buffer y = backend.allocate(DType.FLOAT32, windows);
    Buffer winners = backend.allocate(DType.INT32, windows);
    backend.maxPool2d(
        new Pool2dSpec(1, 2, 2 * windows, 1, windows, 2, 2, 2, 2, 0, 0, true),
        backend.adopt(x),
        y,
        winners);
    for (int i = 0; i < windows; i++) {
      int tap = first[i % 4];
      assertThat(CpuBuffer.ints(winners)[i]).isEqualTo(tap / 2 * 2 * windows + 2 * i + tap % 2);
      assertThat(read(backend, y)[i]).isEqualTo(Float.valueOf(window[i % 4 * 4 + tap]));
    }
  }

  @Test
  void releasedArraysAreUsedAgainButAdoptedOnesAreNot() {
    Backend backend = backend("scalar", 1);
    Buffer first = backend.allocate(DType.FLOAT32, 100);
    backend.release(first);
    assertThat(backend.memory().cached()).isEqualTo(400);
    Buffer second = backend.allocate(DType.FLOAT32, 100);
    assertThat(CpuBuffer.floats(second)).isSameAs(CpuBuffer.floats(first));
    assertThat(backend.memory().used()).isEqualTo(400);
    float[] mine = new float[100];
    backend.release(backend.adopt(mine));
    assertThat(CpuBuffer.floats(backend.allocate(DType.FLOAT32, 100))).isNotSameAs(mine);
  }

  @Test
  void theCacheNeverOutgrowsItsShare() {
    Backend backend = backend("scalar", 1);
    int size = (int) (Runtime.getRuntime().maxMemory() / DType.BYTES / 16);
    for (int i = 0; i < 20; i++) {
      backend.release(backend.allocate(DType.FLOAT32, size + i));
      assertThat(backend.memory().cached()).isLessThan(backend.memory().cap() / 3);
    }
    assertThat(backend.memory().used()).isZero();
  }

  @Test
  void aHeapThatIsFullIsReportedWithItsLargestHolders() {
    Backend backend = backend("scalar", 1);
    backend.allocate(DType.FLOAT32, 2_500_000);
    assertThatThrownBy(() -> backend.allocate(DType.INT32, Integer.MAX_VALUE))
        .isInstanceOf(OutOfDeviceMemoryException.class)
        .hasMessageStartingWith("cpu: no room for 8589.9 MB: 10.0 MB are in buffers")
        .hasMessageContaining("1 x 10.0 MB of float32");
  }

  @Test
  void anUnknownSelectorIsRefusedWithWhatThereIs() {
    assertThatThrownBy(() -> new CpuProvider().open("gpu"))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("cpu, cpu:vector and cpu:scalar");
  }

  @Test
  void aWidthThatNoVectorHasIsRefusedWithThoseThereAre() {
    System.setProperty("kiln.cpu.bits", "96");
    try {
      assertThatThrownBy(() -> new CpuProvider().open("vector"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("vectors cannot have 96 bits")
          .hasMessageContaining("128, 256 or 512");
    } finally {
      System.clearProperty("kiln.cpu.bits");
    }
  }

  private static void sameBits(String engine, int size, Call call) {
    float[] alone = run(engine, 1, size, call);
    assertThat(run(engine, 2, size, call)).isEqualTo(alone);
    assertThat(run(engine, 5, size, call)).isEqualTo(alone);
  }

  private static float[] run(String engine, int threads, int size, Call call) {
    Workers workers = new Workers(threads);
    try {
      Backend backend = new CpuBackend(engine(engine, workers));
      Buffer out = backend.allocate(DType.FLOAT32, size);
      call.on(backend, out);
      return read(backend, out);
    } finally {
      workers.close();
    }
  }

  private static Backend backend(String engine, int threads) {
    return new CpuBackend(engine(engine, new Workers(threads)));
  }

  private static Engine engine(String name, Workers workers) {
    return name.equals("vector") ? Engine.vector(workers) : Engine.scalar(workers);
  }

  private static Buffer floats(Backend backend, int size, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return backend.adopt(values);
  }

  private static float[] read(Backend backend, Buffer buffer) {
    float[] values = new float[buffer.size()];
    backend.download(buffer, FloatBuffer.wrap(values));
    return values;
  }
}
