package dev.kiln.gpu.opencl;

import static dev.kiln.gpu.opencl.Calls.check;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;

/**
 * Transfers by way of host memory that the driver has given, and so can reach at full speed.
 *
 * <p>An upload is copied there piece by piece and queued: the caller may go on, and the device goes
 * on with what it has. A ring of pieces; one is used again when its last transfer is done.
 *
 * <p>JOCL waits for a queued write in a thread of its own. An OpenCL that is not made for several
 * threads, as oclgrind, wants {@code -Dkiln.opencl.blocking=true}, which leaves that thread out.
 */
final class Staging {
  private static final int PIECE_BYTES = 1 << 20;
  private static final int PIECES = 4;
  private static final boolean BLOCKING = Boolean.getBoolean("kiln.opencl.blocking");
  private static final int ELEMENT_BYTES = 4;

  private final cl_command_queue queue;
  private final Piece[] ring = new Piece[PIECES];
  private int next;

  Staging(cl_context context, cl_command_queue queue) {
    this.queue = queue;
    for (int i = 0; i < PIECES; i++) {
      ring[i] = new Piece(context, queue);
    }
  }

  synchronized void upload(Buffer source, cl_mem destination) {
    int begin = source.position();
    int count = source.remaining();
    for (int done = 0; done < count; ) {
      int part = Math.min(count - done, PIECE_BYTES / ELEMENT_BYTES);
      Piece piece = ring[next];
      next = (next + 1) % PIECES;
      piece.await();
      piece.put(source, begin + done, part);
      cl_event event = new cl_event();
      check(
          "clEnqueueWriteBuffer",
          CL.clEnqueueWriteBuffer(
              queue,
              destination,
              BLOCKING,
              (long) done * ELEMENT_BYTES,
              (long) part * ELEMENT_BYTES,
              piece.pointer,
              0,
              null,
              event));
      piece.busy = event;
      done += part;
    }
    check("clFlush", CL.clFlush(queue));
  }

  synchronized void download(cl_mem source, Buffer destination) {
    int begin = destination.position();
    int count = destination.remaining();
    Piece piece = ring[next];
    piece.await();
    for (int done = 0; done < count; ) {
      int part = Math.min(count - done, PIECE_BYTES / ELEMENT_BYTES);
      check(
          "clEnqueueReadBuffer",
          CL.clEnqueueReadBuffer(
              queue,
              source,
              true,
              (long) done * ELEMENT_BYTES,
              (long) part * ELEMENT_BYTES,
              piece.pointer,
              0,
              null,
              null));
      piece.get(destination, begin + done, part);
      done += part;
    }
  }

  /** To be called when the queue is empty. */
  synchronized void close() {
    for (Piece piece : ring) {
      piece.await();
      CL.clEnqueueUnmapMemObject(queue, piece.memory, piece.bytes, 0, null, null);
      CL.clFinish(queue);
      CL.clReleaseMemObject(piece.memory);
    }
  }

  /** Some host memory of the driver's, and the transfer that reads from it. */
  private static final class Piece {
    final cl_mem memory;
    final ByteBuffer bytes;
    final Pointer pointer;
    @Nullable cl_event busy;

    Piece(cl_context context, cl_command_queue queue) {
      int[] code = new int[1];
      long kind = CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR;
      memory = CL.clCreateBuffer(context, kind, PIECE_BYTES, null, code);
      check("clCreateBuffer", code[0]);
      long access = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
      bytes =
          CL.clEnqueueMapBuffer(queue, memory, true, access, 0, PIECE_BYTES, 0, null, null, code)
              .order(ByteOrder.nativeOrder());
      check("clEnqueueMapBuffer", code[0]);
      pointer = Pointer.to(bytes);
    }

    void await() {
      if (busy != null) {
        check("clWaitForEvents", CL.clWaitForEvents(1, new cl_event[] {busy}));
        check("clReleaseEvent", CL.clReleaseEvent(busy));
        busy = null;
      }
    }

    void put(Buffer source, int from, int count) {
      if (source instanceof FloatBuffer) {
        bytes.asFloatBuffer().put(((FloatBuffer) source).slice(from, count));
      } else {
        bytes.asIntBuffer().put(((IntBuffer) source).slice(from, count));
      }
    }

    void get(Buffer destination, int from, int count) {
      if (destination instanceof FloatBuffer) {
        ((FloatBuffer) destination).slice(from, count).put(bytes.asFloatBuffer().limit(count));
      } else {
        ((IntBuffer) destination).slice(from, count).put(bytes.asIntBuffer().limit(count));
      }
    }
  }
}
