package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import dev.kiln.OutOfDeviceMemoryException;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.DropoutSpec;
import dev.kiln.backend.Recorder;
import dev.kiln.backend.Unary;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What needs the device's memory beside the pool, on the mock driver: code and graphs. */
class FullDeviceTest {
  private final Backend backend;

  FullDeviceTest() {
    MockCuda.install();
    backend = new CudaProvider().open("");
  }

  @AfterEach
  void close() {
    backend.close();
    MockCuda.reset();
  }

  @Test
  void aProgramTakesTheRoomOfWhatIsCached() {
    Buffer x = filled(-1);
    backend.release(filled(2));
    nothingIsFree();
    backend.unary(Unary.RELU, x, x);
    assertThat(floats(x)).containsOnly(0);
    assertThat(backend.memory().cached()).isZero();
  }

  @Test
  void aProgramForWhichThereIsNoRoomIsNamed() {
    Buffer x = filled(-1);
    nothingIsFree();
    assertThatThrownBy(() -> backend.unary(Unary.RELU, x, x))
        .isInstanceOf(OutOfDeviceMemoryException.class)
        .hasMessageMatching(
            "out of memory on CUDA device Mock CUDA device: room for program \\w+ asked for, .*"
                + " free, 4.0 KiB in 1 live buffers \\(the largest: 1 x 4.0 KiB\\), nothing left in"
                + " the cache; the driver says: cuModuleLoadDataEx of program \\w+:"
                + " CUDA_ERROR_OUT_OF_MEMORY \\(no memory for a module\\)\\s*");
    MockCuda.reset();
    backend.unary(Unary.RELU, x, x);
    assertThat(floats(x)).containsOnly(0);
  }

  @Test
  void aRecordingTakesTheRoomOfWhatIsCached() {
    Buffer x = filled(3);
    Recorder recorder = backend.recorder();
    recorder.take(on -> on.fill(x, 5));
    backend.release(filled(2));
    nothingIsFree();
    try (Recorder.Replay replay = recorder.finish()) {
      assertThat(backend.memory().cached()).isZero();
      replay.run();
      assertThat(floats(x)).containsOnly(5);
    }
  }

  /** They need a kernel, and memory that is not the pool's. */
  @Test
  void theNumbersOfARecordingTakeTheRoomOfWhatIsCached() {
    Buffer x = filled(1);
    DropoutSpec spec = new DropoutSpec(1, 0.5f, 7, 1);
    backend.dropout(spec, x, x); // loads its program
    Recorder recorder = backend.recorder();
    recorder.take(() -> spec, (on, now) -> on.dropout(now, x, x));
    backend.release(backend.allocate(DType.FLOAT32, 32)); // for the numbers
    backend.release(filled(2));
    nothingIsFree();
    try (Recorder.Replay replay = recorder.finish()) {
      assertThat(backend.memory().cached()).isZero();
      replay.run();
    }
  }

  @Test
  void aRecordingForWhichThereIsNoRoomIsNamed() {
    Buffer x = filled(3);
    Recorder recorder = backend.recorder();
    recorder.take(on -> on.fill(x, 5));
    nothingIsFree();
    assertThatThrownBy(recorder::finish)
        .isInstanceOf(OutOfDeviceMemoryException.class)
        .hasMessageContaining("room for a recording of 1 commands asked for")
        .hasMessageContaining("4.0 KiB in 1 live buffers")
        .hasMessageContaining("cuGraphInstantiate: CUDA_ERROR_OUT_OF_MEMORY");
    recorder.abandon();
  }

  /** The device has just what the pool has of it, live or cached. */
  private void nothingIsFree() {
    MockCuda.memory(backend.memory().used() + backend.memory().cached());
  }

  private Buffer filled(float value) {
    Buffer buffer = backend.allocate(DType.FLOAT32, 1 << 10);
    backend.fill(buffer, value);
    return buffer;
  }

  private float[] floats(Buffer buffer) {
    float[] result = new float[buffer.size()];
    backend.download(buffer, FloatBuffer.wrap(result));
    return result;
  }
}
