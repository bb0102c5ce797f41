package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.gpu.driver.ProgramCatalog;
import org.junit.jupiter.api.Test;

class GpuBufferTest {
  private final FakeDriver driver = new FakeDriver(1 << 20);
  private final MemoryPool pool = new MemoryPool(driver, 1 << 20, false);
  private final GpuBackend backend =
      new GpuBackend(
          driver, pool, new KernelLibrary(driver, pool, ProgramCatalog.shipped()), false);

  @Test
  void aSliceTakenAgainIsTheSameView() {
    Buffer buffer = backend.allocate(DType.FLOAT32, 64);
    Buffer view = backend.view(buffer, 16, 16);
    assertThat(GpuFamily.memory(backend.view(buffer, 16, 16))).isSameAs(GpuFamily.memory(view));
    assertThat(driver.live).hasSize(2);
  }

  @Test
  void aViewOfAViewLooksIntoTheAllocation() {
    Buffer buffer = backend.allocate(DType.INT32, 64);
    Buffer inner = backend.view(backend.view(buffer, 16, 32), 16, 8);
    assertThat(GpuFamily.memory(inner)).isSameAs(GpuFamily.memory(backend.view(buffer, 32, 8)));
    assertThat(inner.dtype()).isEqualTo(DType.INT32);
    assertThat(inner.size()).isEqualTo(8);
  }

  @Test
  void viewsEndWithTheirBuffer() {
    Buffer buffer = backend.allocate(DType.FLOAT32, 64);
    backend.view(buffer, 0, 16);
    backend.view(buffer, 16, 48);
    backend.release(buffer);
    assertThat(driver.live).isEmpty();
  }

  @Test
  void aBufferIsReleasedOnce() {
    Buffer buffer = backend.allocate(DType.FLOAT32, 3);
    backend.release(buffer);
    assertThatThrownBy(() -> backend.release(buffer))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void aViewIsNotReleased() {
    Buffer view = backend.view(backend.allocate(DType.FLOAT32, 64), 16, 16);
    assertThatThrownBy(() -> backend.release(view)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void alignmentIsInElements() {
    assertThat(backend.alignment()).isEqualTo(16);
  }
}
