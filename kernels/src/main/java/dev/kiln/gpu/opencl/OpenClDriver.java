package dev.kiln.gpu.opencl;

import static dev.kiln.gpu.opencl.Calls.check;

import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.DeviceMemoryException;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.Grid;
import dev.kiln.gpu.driver.Kernel;
import dev.kiln.gpu.driver.KernelProgram;
import dev.kiln.gpu.driver.Prepared;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_buffer_region;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;

/**
 * An OpenCL 1.2 device through JOCL: one context, one in-order queue.
 *
 * <p>A view is a sub-buffer. Arguments are state of a cl_kernel, so launches are serialized; an
 * argument that is what it was at the last launch is not set again.
 */
final class OpenClDriver implements Driver {
  private static final int WORD_BYTES = 4;

  private final OpenClDevice device;
  private final cl_context context;
  private final cl_command_queue queue;
  private final Staging staging;
  private final OpenClPrograms programs;
  private final Set<OpenClMemory> live =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  private final int[] intValue = new int[1];
  private final float[] floatValue = new float[1];
  private final Pointer intArgument = Pointer.to(intValue);
  private final Pointer floatArgument = Pointer.to(floatValue);
  private final long[] globalSize = new long[3];
  private final long[] localSize = {1, 1, 1};
  private volatile boolean closed;

  OpenClDriver(OpenClDevice device, BinaryCache cache) {
    this.device = device;
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, device.platform());
    cl_device_id[] devices = {device.id()};
    int[] code = new int[1];
    this.context = CL.clCreateContext(properties, 1, devices, null, null, code);
    check("clCreateContext", code[0]);
    this.queue = createQueue(code);
    check("clCreateCommandQueue", code[0]);
    this.staging = new Staging(context, device.id(), queue);
    this.programs = new OpenClPrograms(context, device, cache);
  }

  /** By the call of OpenCL 1.2; its successor is not there before 2.0. */
  @SuppressWarnings("deprecation")
  private cl_command_queue createQueue(int[] code) {
    return CL.clCreateCommandQueue(context, device.id(), 0, code);
  }

  @Override
  public DriverInfo info() {
    return device.info();
  }

  @Override
  public DeviceMemory allocate(long bytes) {
    requireOpen();
    cl_mem handle = null;
    if (bytes > 0) {
      int[] code = new int[1];
      handle = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, bytes, null, code);
      if (Calls.isOutOfMemory(code[0]) || code[0] == CL.CL_INVALID_BUFFER_SIZE) {
        throw new DeviceMemoryException(
            "clCreateBuffer of "
                + bytes
                + " bytes: "
                + Calls.name(code[0])
                + "; the largest single buffer is "
                + info().maxAllocationBytes());
      }
      check("clCreateBuffer", code[0]);
    }
    OpenClMemory memory = new OpenClMemory(handle, bytes);
    live.add(memory);
    return memory;
  }

  @Override
  public DeviceMemory view(DeviceMemory memory, long offset, long bytes) {
    OpenClMemory parent = usable(memory);
    if (offset < 0 || bytes < 0 || offset + bytes > parent.bytes()) {
      throw new IllegalArgumentException(
          "view of " + bytes + " bytes at " + offset + " of " + parent.bytes());
    }
    if (offset % info().alignmentBytes() != 0) {
      throw new IllegalArgumentException(
          "view at byte " + offset + ": wanted a multiple of " + info().alignmentBytes());
    }
    long start = parent.offset + offset;
    cl_mem handle = null;
    if (bytes > 0) {
      int[] code = new int[1];
      handle =
          CL.clCreateSubBuffer(
              parent.root.handle(),
              CL.CL_MEM_READ_WRITE,
              CL.CL_BUFFER_CREATE_TYPE_REGION,
              new cl_buffer_region(start, bytes),
              code);
      check("clCreateSubBuffer", code[0]);
    }
    OpenClMemory view = new OpenClMemory(handle, parent.root, start, bytes);
    live.add(view);
    return view;
  }

  @Override
  public void free(DeviceMemory memory) {
    requireOpen();
    OpenClMemory own = own(memory);
    if (!live.remove(own)) {
      throw new IllegalStateException("memory of " + memory.bytes() + " bytes is freed twice");
    }
    own.markFreed();
    release(own);
  }

  /** Commands that are queued hold what they use: OpenCL counts references. */
  private static void release(OpenClMemory memory) {
    if (memory.bytes() > 0) {
      check("clReleaseMemObject", CL.clReleaseMemObject(memory.handle()));
    }
  }

  @Override
  public void upload(Buffer source, DeviceMemory destination) {
    OpenClMemory memory = usable(destination);
    requireRoom("upload", elementBytes(source), memory);
    if (source.hasRemaining()) {
      staging.upload(source, memory.handle());
    }
  }

  @Override
  public void download(DeviceMemory source, Buffer destination) {
    OpenClMemory memory = usable(source);
    requireRoom("download", elementBytes(destination), memory);
    if (destination.isReadOnly()) {
      throw new IllegalArgumentException("download into a read-only buffer");
    }
    if (destination.hasRemaining()) {
      staging.download(memory.handle(), destination);
    }
  }

  private static long elementBytes(Buffer buffer) {
    if (buffer instanceof FloatBuffer || buffer instanceof IntBuffer) {
      return (long) buffer.remaining() * WORD_BYTES;
    }
    throw new IllegalArgumentException(
        "a transfer takes a FloatBuffer or an IntBuffer, not " + buffer.getClass().getName());
  }

  @Override
  public void copy(DeviceMemory source, DeviceMemory destination, long bytes) {
    OpenClMemory from = usable(source);
    OpenClMemory to = usable(destination);
    requireRoom("copy", bytes, from);
    requireRoom("copy", bytes, to);
    if (bytes > 0) {
      check(
          "clEnqueueCopyBuffer",
          CL.clEnqueueCopyBuffer(queue, from.handle(), to.handle(), 0, 0, bytes, 0, null, null));
    }
  }

  @Override
  public void fill(DeviceMemory memory, int pattern, long bytes) {
    OpenClMemory target = usable(memory);
    requireRoom("fill", bytes, target);
    if (bytes > 0) {
      Pointer word = Pointer.to(new int[] {pattern});
      check(
          "clEnqueueFillBuffer",
          CL.clEnqueueFillBuffer(
              queue, target.handle(), word, WORD_BYTES, 0, bytes, 0, null, null));
    }
  }

  @Override
  public Kernel kernel(KernelProgram program, String name) {
    requireOpen();
    return programs.kernel(program, name);
  }

  @Override
  public synchronized void launch(Kernel kernel, Grid grid, @Nullable Object... arguments) {
    requireOpen();
    if (grid.isEmpty()) {
      return;
    }
    OpenClKernel own = (OpenClKernel) kernel;
    setArguments(own, arguments);
    globalSize[0] = (long) grid.groupsX() * grid.local();
    globalSize[1] = grid.groupsY();
    globalSize[2] = grid.groupsZ();
    localSize[0] = grid.local();
    int code =
        CL.clEnqueueNDRangeKernel(queue, own.handle, 3, null, globalSize, localSize, 0, null, null);
    if (code != CL.CL_SUCCESS) {
      throw Calls.failure("clEnqueueNDRangeKernel " + own.name() + " over " + grid, code);
    }
  }

  private void setArguments(OpenClKernel kernel, @Nullable Object[] arguments) {
    if (arguments.length != kernel.current.length) {
      throw new IllegalArgumentException(
          kernel.name()
              + " has "
              + kernel.current.length
              + " parameters, given "
              + arguments.length);
    }
    for (int i = 0; i < arguments.length; i++) {
      setArgument(kernel, i, arguments[i]);
    }
  }

  private void setArgument(OpenClKernel kernel, int index, @Nullable Object argument) {
    int code;
    if (argument instanceof OpenClMemory) {
      OpenClMemory memory = usable((OpenClMemory) argument);
      if (kernel.current[index] == memory) {
        return;
      }
      code = CL.clSetKernelArg(kernel.handle, index, Sizeof.cl_mem, memory.argument);
    } else if (argument == null) {
      if (kernel.current[index] == null) {
        return;
      }
      code = CL.clSetKernelArg(kernel.handle, index, Sizeof.cl_mem, null);
    } else if (argument.equals(kernel.current[index])) {
      return;
    } else if (argument instanceof Integer) {
      intValue[0] = (Integer) argument;
      code = CL.clSetKernelArg(kernel.handle, index, Sizeof.cl_int, intArgument);
    } else if (argument instanceof Float) {
      floatValue[0] = (Float) argument;
      code = CL.clSetKernelArg(kernel.handle, index, Sizeof.cl_float, floatArgument);
    } else {
      throw new IllegalArgumentException(
          kernel.name() + ": argument " + index + " is a " + argument.getClass().getName());
    }
    if (Calls.isOutOfMemory(code)) {
      throw Calls.failure("clSetKernelArg " + index + " of " + kernel.name(), code);
    }
    if (code != CL.CL_SUCCESS) {
      throw new IllegalArgumentException(
          kernel.name() + ": argument " + index + " is not " + argument + ": " + Calls.name(code));
    }
    kernel.current[index] = argument;
  }

  @Override
  public synchronized Prepared prepare(List<Command> commands, @Nullable DeviceMemory numbers) {
    OpenClPrepared prepared = new OpenClPrepared(queue, numbers == null ? null : usable(numbers));
    try {
      for (Command command : commands) {
        if (command instanceof Command.Launch launch) {
          OpenClKernel kernel = ((OpenClKernel) launch.kernel()).another();
          prepared.add(kernel, launch.grid());
          setArguments(kernel, launch.arguments());
        } else if (command instanceof Command.Copy copy) {
          prepared.add(usable(copy.source()), usable(copy.destination()), copy);
        } else if (command instanceof Command.Fill fill) {
          prepared.add(usable(fill.memory()), fill);
        }
      }
    } catch (RuntimeException e) {
      prepared.close();
      throw e;
    }
    return prepared;
  }

  @Override
  public void synchronize() {
    requireOpen();
    check("clFinish", CL.clFinish(queue));
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    CL.clFinish(queue);
    staging.close();
    programs.close();
    synchronized (live) {
      live.forEach(OpenClDriver::release);
      live.clear();
    }
    CL.clReleaseCommandQueue(queue);
    CL.clReleaseContext(context);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the driver of " + info().name() + " is closed");
    }
  }

  private OpenClMemory usable(DeviceMemory memory) {
    requireOpen();
    OpenClMemory own = own(memory);
    if (own.isFreed()) {
      throw new IllegalStateException("memory of " + memory.bytes() + " bytes was freed");
    }
    return own;
  }

  private static OpenClMemory own(DeviceMemory memory) {
    if (memory instanceof OpenClMemory) {
      return (OpenClMemory) memory;
    }
    throw new IllegalArgumentException("memory of another driver: " + memory.getClass().getName());
  }

  private static void requireRoom(String call, long bytes, OpenClMemory memory) {
    if (bytes < 0 || bytes > memory.bytes()) {
      throw new IllegalArgumentException(
          call + " of " + bytes + " bytes with memory of " + memory.bytes());
    }
  }
}
