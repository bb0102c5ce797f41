package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/**
 * Copies between Java's buffers and the device, in pieces through a ring of pinned stages: while
 * the device copies one, the host fills or empties the next. Small uploads go through without
 * waiting for the queue as long as the ring has a stage that is free again.
 */
final class Transfers {
  private static final int STAGES = 4;
  private static final int WORD = 4;
  private static final int STAGE_WORDS = 1 << 19;

  private final CUstream stream;
  private final Stage[] stages = new Stage[STAGES];
  private int turn;

  Transfers(CUstream stream) {
    this.stream = stream;
    try (Acquired acquired = new Acquired()) {
      for (int i = 0; i < STAGES; i++) {
        stages[i] = new Stage();
        acquired.add(stages[i]::close);
      }
      acquired.keep();
    }
  }

  /** Returns as soon as the source may be changed. */
  void upload(Buffer source, CudaMemory destination) {
    int start = source.position();
    int count = source.remaining();
    for (long done = 0; done < count; done += STAGE_WORDS) {
      int words = (int) Math.min(STAGE_WORDS, count - done);
      Stage stage = freeStage();
      put(source, (int) (start + done), words, stage.bytes());
      CUdeviceptr to = destination.pointer().withByteOffset(done * WORD);
      CudaCall.check(
          cuMemcpyHtoDAsync(to, stage.memory, (long) words * WORD, stream), "cuMemcpyHtoDAsync");
      stage.record();
    }
  }

  /** Returns when all has arrived. */
  void download(CudaMemory source, Buffer destination) {
    int start = destination.position();
    int count = destination.remaining();
    Stage coming = count > 0 ? request(source, 0, count) : null;
    for (long done = 0; coming != null; done += STAGE_WORDS) {
      long after = done + STAGE_WORDS;
      Stage next = after < count ? request(source, after, count) : null;
      coming.await();
      int words = (int) Math.min(STAGE_WORDS, count - done);
      get(coming.bytes(), destination, (int) (start + done), words);
      coming = next;
    }
  }

  /** Asks for the piece of {@code count} words that begins at word {@code from}. */
  private Stage request(CudaMemory source, long from, int count) {
    Stage stage = freeStage();
    long bytes = Math.min(STAGE_WORDS, count - from) * WORD;
    CUdeviceptr piece = source.pointer().withByteOffset(from * WORD);
    CudaCall.check(cuMemcpyDtoHAsync(stage.memory, piece, bytes, stream), "cuMemcpyDtoHAsync");
    stage.record();
    return stage;
  }

  void close() {
    for (Stage stage : stages) {
      stage.close();
    }
  }

  private Stage freeStage() {
    Stage stage = stages[turn];
    turn = (turn + 1) % STAGES;
    stage.await();
    return stage;
  }

  private static void put(Buffer source, int at, int words, ByteBuffer stage) {
    if (source instanceof FloatBuffer floats) {
      stage.asFloatBuffer().put(0, floats, at, words);
    } else {
      stage.asIntBuffer().put(0, (IntBuffer) source, at, words);
    }
  }

  private static void get(ByteBuffer stage, Buffer destination, int at, int words) {
    if (destination instanceof FloatBuffer floats) {
      floats.put(at, stage.asFloatBuffer(), 0, words);
    } else {
      ((IntBuffer) destination).put(at, stage.asIntBuffer(), 0, words);
    }
  }

  /** A piece of pinned memory and the event after which it is free. */
  private final class Stage {
    private final PinnedMemory memory = PinnedMemory.allocate((long) STAGE_WORDS * WORD);
    private final CUevent free = new CUevent();

    private Stage() {
      try (Acquired acquired = new Acquired()) {
        acquired.add(memory::free);
        CudaCall.check(cuEventCreate(free, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
        acquired.keep();
      }
    }

    private ByteBuffer bytes() {
      return memory.buffer();
    }

    private void record() {
      CudaCall.check(cuEventRecord(free, stream), "cuEventRecord");
    }

    /** Waits for the last use of this stage, if there was one. */
    private void await() {
      CudaCall.check(cuEventSynchronize(free), "cuEventSynchronize");
    }

    private void close() {
      CudaCall.check(cuEventDestroy(free), "cuEventDestroy");
      memory.free();
    }
  }
}
