package dev.kiln.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/**
 * Copies between Java's buffers and the device, in pieces through rings of pinned stages: while the
 * device copies one, the host fills or empties the next. Small uploads go through without waiting
 * for the queue as long as their ring has a stage that is free again.
 *
 * <p>Each direction has a ring, and one thread at a time has it to itself; so nobody's upload waits
 * for another's download. The monitor of the queue is held only while a piece is queued.
 */
final class Transfers {
  private static final int STAGES_UP = 4;
  private static final int STAGES_DOWN = 2;
  private static final int WORD = 4;
  private static final int STAGE_WORDS = 1 << 19;

  private final CUstream stream;
  private final Object queue;
  private final Ring up;
  private final Ring down;

  /**
   * @param queue whose monitor is held by whoever queues something to the stream
   */
  Transfers(CUstream stream, Object queue) {
    this.stream = stream;
    this.queue = queue;
    try (Acquired acquired = new Acquired()) {
      up = new Ring(STAGES_UP);
      acquired.add(up::close);
      down = new Ring(STAGES_DOWN);
      acquired.keep();
    }
  }

  /** Returns as soon as the source may be changed. */
  void upload(Buffer source, CudaMemory destination) {
    synchronized (up) {
      int start = source.position();
      int count = source.remaining();
      for (long done = 0; done < count; done += STAGE_WORDS) {
        int words = (int) Math.min(STAGE_WORDS, count - done);
        Stage stage = up.next();
        put(source, (int) (start + done), words, stage.bytes());
        send(stage, words, destination, done);
      }
    }
  }

  private void send(Stage stage, long words, CudaMemory destination, long at) {
    synchronized (queue) {
      CUdeviceptr to = destination.pointer().withByteOffset(at * WORD);
      CudaCall.check(
          cuMemcpyHtoDAsync(to, stage.memory, words * WORD, stream), "cuMemcpyHtoDAsync");
      stage.free.set(stream);
    }
  }

  /** Returns when all has arrived. */
  void download(CudaMemory source, Buffer destination) {
    synchronized (down) {
      int start = destination.position();
      int count = destination.remaining();
      Stage coming = count > 0 ? request(source, 0, count) : null;
      for (long done = 0; coming != null; done += STAGE_WORDS) {
        long after = done + STAGE_WORDS;
        Stage next = after < count ? request(source, after, count) : null;
        coming.free.await();
        int words = (int) Math.min(STAGE_WORDS, count - done);
        get(coming.bytes(), destination, (int) (start + done), words);
        coming = next;
      }
    }
  }

  /** Asks for the piece of {@code count} words that begins at word {@code from}. */
  private Stage request(CudaMemory source, long from, int count) {
    Stage stage = down.next();
    long bytes = Math.min(STAGE_WORDS, count - from) * WORD;
    synchronized (queue) {
      CUdeviceptr piece = source.pointer().withByteOffset(from * WORD);
      CudaCall.check(cuMemcpyDtoHAsync(stage.memory, piece, bytes, stream), "cuMemcpyDtoHAsync");
      stage.free.set(stream);
    }
    return stage;
  }

  void close() {
    up.close();
    down.close();
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

  /** Stages that are used in turn. */
  private static final class Ring {
    private final Stage[] stages;
    private int turn;

    private Ring(int count) {
      stages = new Stage[count];
      try (Acquired acquired = new Acquired()) {
        for (int i = 0; i < count; i++) {
          stages[i] = new Stage();
          acquired.add(stages[i]::close);
        }
        acquired.keep();
      }
    }

    /** Waits for the last use of it, if there was one. */
    private Stage next() {
      Stage stage = stages[turn];
      turn = (turn + 1) % stages.length;
      stage.free.await();
      return stage;
    }

    private void close() {
      for (Stage stage : stages) {
        stage.close();
      }
    }
  }

  /** A piece of pinned memory and the mark behind which it is free. */
  private static final class Stage {
    private final PinnedMemory memory = PinnedMemory.allocate((long) STAGE_WORDS * WORD);
    private final Mark free;

    private Stage() {
      try (Acquired acquired = new Acquired()) {
        acquired.add(memory::free);
        free = new Mark();
        acquired.keep();
      }
    }

    private ByteBuffer bytes() {
      return memory.buffer();
    }

    private void close() {
      free.close();
      memory.free();
    }
  }
}
