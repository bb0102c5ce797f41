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
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;

/**
 * Transfers piece by piece, by way of host memory that the driver has given and so can reach at
 * full speed.
 *
 * <pre>
 *   upload     Java buffer  →  host piece  →(blocking, own queue)  device piece  →(queued)  memory
 *   download   memory  →(blocking)  host piece  →  Java buffer
 * </pre>
 *
 * An upload waits for its own bytes only, not for the work that is queued. The device pieces are a
 * ring: one is used again when its last copy is done. No write is left pending on Java memory, for
 * which JOCL would keep a thread.
 */
final class Staging {
  private static final int PIECE_BYTES = 1 << 20;
  private static final int PIECES = 4;
  private static final int ELEMENT_BYTES = 4;

  private final cl_command_queue queue;
  private final cl_command_queue transfers;
  private final cl_mem hostPiece;
  private final ByteBuffer bytes;
  private final Pointer pointer;
  private final cl_mem[] ring = new cl_mem[PIECES];
  private final @Nullable cl_event[] copied = new cl_event[PIECES];
  private int next;

  Staging(cl_context context, cl_device_id device, cl_command_queue queue) {
    this.queue = queue;
    int[] code = new int[1];
    this.transfers = CL.clCreateCommandQueue(context, device, 0, code);
    check("clCreateCommandQueue", code[0]);
    this.hostPiece = create(context, CL.CL_MEM_ALLOC_HOST_PTR);
    for (int i = 0; i < PIECES; i++) {
      ring[i] = create(context, 0);
    }
    long access = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
    ByteBuffer mapped =
        CL.clEnqueueMapBuffer(
            transfers, hostPiece, true, access, 0, PIECE_BYTES, 0, null, null, code);
    check("clEnqueueMapBuffer", code[0]);
    this.bytes = mapped.order(ByteOrder.nativeOrder());
    this.pointer = Pointer.to(bytes);
  }

  private static cl_mem create(cl_context context, long flags) {
    int[] code = new int[1];
    cl_mem memory =
        CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE | flags, PIECE_BYTES, null, code);
    check("clCreateBuffer", code[0]);
    return memory;
  }

  synchronized void upload(Buffer source, cl_mem destination) {
    int begin = source.position();
    int count = source.remaining();
    for (int done = 0; done < count; ) {
      int part = Math.min(count - done, PIECE_BYTES / ELEMENT_BYTES);
      put(source, begin + done, part);
      long size = (long) part * ELEMENT_BYTES;
      long offset = (long) done * ELEMENT_BYTES;
      cl_mem piece = ring[next];
      awaitCopy(next);
      check(
          "clEnqueueWriteBuffer",
          CL.clEnqueueWriteBuffer(transfers, piece, true, 0, size, pointer, 0, null, null));
      cl_event event = new cl_event();
      check(
          "clEnqueueCopyBuffer",
          CL.clEnqueueCopyBuffer(queue, piece, destination, 0, offset, size, 0, null, event));
      copied[next] = event;
      next = (next + 1) % PIECES;
      done += part;
    }
    check("clFlush", CL.clFlush(queue));
  }

  private void awaitCopy(int index) {
    cl_event event = copied[index];
    if (event != null) {
      check("clWaitForEvents", CL.clWaitForEvents(1, new cl_event[] {event}));
      check("clReleaseEvent", CL.clReleaseEvent(event));
      copied[index] = null;
    }
  }

  synchronized void download(cl_mem source, Buffer destination) {
    int begin = destination.position();
    int count = destination.remaining();
    for (int done = 0; done < count; ) {
      int part = Math.min(count - done, PIECE_BYTES / ELEMENT_BYTES);
      long size = (long) part * ELEMENT_BYTES;
      long offset = (long) done * ELEMENT_BYTES;
      check(
          "clEnqueueReadBuffer",
          CL.clEnqueueReadBuffer(queue, source, true, offset, size, pointer, 0, null, null));
      get(destination, begin + done, part);
      done += part;
    }
  }

  private void put(Buffer source, int from, int count) {
    if (source instanceof FloatBuffer) {
      bytes.asFloatBuffer().put(((FloatBuffer) source).slice(from, count));
    } else {
      bytes.asIntBuffer().put(((IntBuffer) source).slice(from, count));
    }
  }

  private void get(Buffer destination, int from, int count) {
    if (destination instanceof FloatBuffer) {
      ((FloatBuffer) destination).slice(from, count).put(bytes.asFloatBuffer().limit(count));
    } else {
      ((IntBuffer) destination).slice(from, count).put(bytes.asIntBuffer().limit(count));
    }
  }

  /** To be called when the queue is empty. */
  synchronized void close() {
    for (int i = 0; i < PIECES; i++) {
      awaitCopy(i);
      CL.clReleaseMemObject(ring[i]);
    }
    CL.clEnqueueUnmapMemObject(transfers, hostPiece, bytes, 0, null, null);
    CL.clFinish(transfers);
    CL.clReleaseMemObject(hostPiece);
    CL.clReleaseCommandQueue(transfers);
  }
}
