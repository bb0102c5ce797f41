package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuMemHostGetDevicePointer;

import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.nio.IntBuffer;

/**
 * Brings the numbers of a graph's runs to the device without a call of the driver: the host writes
 * them into a row of pinned memory, and the graph's first kernel (numbers.cl) reads the rows in
 * turn.
 *
 * <pre>
 *   pinned   [ run 0 | run 1 | … | run 63 ]     the host may be so many runs ahead
 *                ↓ next_numbers, counting turns
 *   numbers  [ one run's ]
 * </pre>
 */
final class NumberRing {
  private static final int ROWS = 64;
  private static final int WORD = 4;

  private final CudaDriver driver;
  private final DeviceMemory numbers;
  private final int count;
  private final PinnedMemory pinned;
  private final IntBuffer rows;
  private final CudaMemory rowsOnDevice;
  private final DeviceMemory turn;
  private final Kernel next;
  private final Grid grid;
  private int row;

  NumberRing(CudaDriver driver, DeviceMemory numbers) {
    this.driver = driver;
    this.numbers = numbers;
    this.count = (int) (numbers.bytes() / WORD);
    KernelProgram program = ProgramCatalog.shipped().program("numbers");
    next = driver.kernel(program, "next_numbers");
    grid = Grid.of(1, program.tunable("WG"));
    long bytes = (long) ROWS * count * WORD;
    try (Acquired acquired = new Acquired()) {
      turn = driver.allocate(WORD);
      acquired.add(() -> driver.free(turn));
      driver.fill(turn, 0, WORD);
      pinned = PinnedMemory.allocate(bytes);
      acquired.add(pinned::free);
      CudaMemory.Pointer pointer = new CudaMemory.Pointer();
      CudaCall.check(cuMemHostGetDevicePointer(pointer, pinned, 0), "cuMemHostGetDevicePointer");
      rowsOnDevice = CudaMemory.allocation(pointer, bytes);
      acquired.keep();
    }
    rows = pinned.buffer().asIntBuffer();
  }

  /** Queues the kernel that fetches the row of this run. */
  void queueNext() {
    driver.launch(next, grid, rowsOnDevice, numbers, turn, count, ROWS);
  }

  /** Before each run. */
  void write(int[] given) {
    if (row == ROWS) {
      driver.drain(); // whatever was to read the first rows has done so
      row = 0;
    }
    rows.put(row * count, given);
  }

  /** The run is queued and will read that row; one that was refused leaves it to the next. */
  void queued() {
    row++;
  }

  /** When no run is queued any more. */
  void close() {
    driver.free(turn);
    pinned.free();
  }
}
