package dev.kiln.gpu.opencl;

import java.nio.Buffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.jocl.Pointer;

/** The elements of a Java buffer from its position to its limit, as OpenCL can reach them. */
final class HostBuffer {
  private static final int ELEMENT_BYTES = 4;

  private final Buffer elements;
  private final boolean reachable;
  private final Pointer pointer;

  private HostBuffer(Buffer elements, boolean reachable, Pointer pointer) {
    this.elements = elements;
    this.reachable = reachable;
    this.pointer = pointer;
  }

  /**
   * For reading from.
   *
   * @throws IllegalArgumentException for anything but a {@code FloatBuffer} or {@code IntBuffer}
   */
  static HostBuffer source(Buffer buffer) {
    HostBuffer host = of(buffer);
    if (!host.reachable) {
      if (host.elements instanceof FloatBuffer) {
        ((FloatBuffer) host.elements).put(((FloatBuffer) buffer).duplicate()).flip();
      } else {
        ((IntBuffer) host.elements).put(((IntBuffer) buffer).duplicate()).flip();
      }
    }
    return host;
  }

  /** For writing to; {@link #finish} ends it. */
  static HostBuffer destination(Buffer buffer) {
    if (buffer.isReadOnly()) {
      throw new IllegalArgumentException("a download into a read-only buffer");
    }
    return of(buffer);
  }

  private static HostBuffer of(Buffer buffer) {
    boolean floats = buffer instanceof FloatBuffer;
    if (!floats && !(buffer instanceof IntBuffer)) {
      throw new IllegalArgumentException(
          "a transfer takes a FloatBuffer or an IntBuffer, not " + buffer.getClass().getName());
    }
    ByteOrder order = floats ? ((FloatBuffer) buffer).order() : ((IntBuffer) buffer).order();
    if (order == ByteOrder.nativeOrder() && (buffer.isDirect() || buffer.hasArray())) {
      return new HostBuffer(buffer, true, pointer(buffer));
    }
    int count = buffer.remaining();
    Buffer copy = floats ? FloatBuffer.allocate(count) : IntBuffer.allocate(count);
    return new HostBuffer(copy, false, pointer(copy));
  }

  private static Pointer pointer(Buffer buffer) {
    if (buffer.isDirect()) {
      return Pointer.to(buffer).withByteOffset((long) buffer.position() * ELEMENT_BYTES);
    }
    long first = (long) buffer.arrayOffset() + buffer.position();
    Pointer array =
        buffer instanceof FloatBuffer
            ? Pointer.to(((FloatBuffer) buffer).array())
            : Pointer.to(((IntBuffer) buffer).array());
    return array.withByteOffset(first * ELEMENT_BYTES);
  }

  Pointer pointer() {
    return pointer;
  }

  long bytes() {
    return (long) elements.remaining() * ELEMENT_BYTES;
  }

  /** Brings what was written to where it was wanted. */
  void finish(Buffer destination) {
    if (!reachable) {
      if (elements instanceof FloatBuffer) {
        ((FloatBuffer) destination).duplicate().put((FloatBuffer) elements);
      } else {
        ((IntBuffer) destination).duplicate().put((IntBuffer) elements);
      }
    }
  }
}
