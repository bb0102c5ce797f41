package dev.kiln.gpu.opencl;

import static dev.kiln.gpu.opencl.Calls.check;

import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Prepared;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jspecify.annotations.Nullable;

/**
 * A list of launches, each a cl_kernel of its own whose arguments are set once. The numbers of a
 * run go along with commands that fill: what a fill writes, up to 128 bytes, is copied when it is
 * queued.
 */
final class OpenClPrepared implements Prepared {
  private static final int FILL_WORDS = 32;
  private static final int WORD_BYTES = 4;

  private final cl_command_queue queue;
  private final List<OpenClKernel> kernels = new ArrayList<>();
  private final List<Runnable> commands = new ArrayList<>();
  private final @Nullable OpenClMemory numbers;
  private final int[] pattern = new int[FILL_WORDS];
  private final Pointer patternPointer = Pointer.to(pattern);

  OpenClPrepared(cl_command_queue queue, @Nullable OpenClMemory numbers) {
    this.queue = queue;
    this.numbers = numbers;
  }

  /**
   * @param kernel of this list's own, its arguments set
   */
  void add(OpenClKernel kernel, Grid grid) {
    kernels.add(kernel);
    long[] global = {(long) grid.groupsX() * grid.local(), grid.groupsY(), grid.groupsZ()};
    long[] local = {grid.local(), 1, 1};
    commands.add(
        () -> {
          int code =
              CL.clEnqueueNDRangeKernel(
                  queue, kernel.handle, 3, null, global, local, 0, null, null);
          if (code != CL.CL_SUCCESS) {
            throw Calls.failure("clEnqueueNDRangeKernel " + kernel.name() + " over " + grid, code);
          }
        });
  }

  void add(OpenClMemory source, OpenClMemory destination, Command.Copy copy) {
    if (copy.bytes() > 0) {
      commands.add(
          () ->
              check(
                  "clEnqueueCopyBuffer",
                  CL.clEnqueueCopyBuffer(
                      queue,
                      source.handle(),
                      destination.handle(),
                      0,
                      0,
                      copy.bytes(),
                      0,
                      null,
                      null)));
    }
  }

  void add(OpenClMemory target, Command.Fill fill) {
    if (fill.bytes() > 0) {
      Pointer word = Pointer.to(new int[] {fill.pattern()});
      commands.add(
          () ->
              check(
                  "clEnqueueFillBuffer",
                  CL.clEnqueueFillBuffer(
                      queue, target.handle(), word, WORD_BYTES, 0, fill.bytes(), 0, null, null)));
    }
  }

  @Override
  public synchronized void run(int[] given) {
    if (numbers != null) {
      bring(given, numbers);
    }
    for (Runnable command : commands) {
      command.run();
    }
    check("clFlush", CL.clFlush(queue));
  }

  /** The memory is whole patterns long. */
  private void bring(int[] given, OpenClMemory to) {
    for (int from = 0; from < given.length; from += FILL_WORDS) {
      System.arraycopy(given, from, pattern, 0, Math.min(FILL_WORDS, given.length - from));
      long bytes = FILL_WORDS * WORD_BYTES;
      check(
          "clEnqueueFillBuffer",
          CL.clEnqueueFillBuffer(
              queue,
              to.handle(),
              patternPointer,
              bytes,
              (long) from * WORD_BYTES,
              bytes,
              0,
              null,
              null));
    }
  }

  @Override
  public synchronized void close() {
    CL.clFinish(queue);
    kernels.forEach(kernel -> CL.clReleaseKernel(kernel.handle));
    kernels.clear();
    commands.clear();
  }
}
