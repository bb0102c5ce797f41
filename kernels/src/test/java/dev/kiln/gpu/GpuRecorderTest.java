package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Recorder;
import dev.kiln.gpu.driver.ProgramCatalog;
import org.junit.jupiter.api.Test;

class GpuRecorderTest {
  private final FakeDriver driver = new FakeDriver(1 << 20);
  private final MemoryPool pool = MemoryPool.of(driver);
  private final GpuBackend backend =
      new GpuBackend(
          driver, pool, new KernelLibrary(driver, pool, ProgramCatalog.shipped()), false);

  @Test
  void whatADriverCannotPrepareLeavesNothingBehind() {
    Recorder recorder = backend.recorder();
    Buffer buffer = recorder.allocate(DType.FLOAT32, 1000);
    recorder.take(on -> on.fill(buffer, 1));
    recorder.release(buffer);

    assertThatThrownBy(recorder::finish).isInstanceOf(UnsupportedOperationException.class);
    assertThat(driver.bytes()).isPositive();
    recorder.abandon();

    pool.trim();
    assertThat(driver.live).isEmpty();
  }
}
