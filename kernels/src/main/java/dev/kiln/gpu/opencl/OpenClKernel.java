package dev.kiln.gpu.opencl;

import dev.kiln.gpu.driver.Kernel;
import java.util.Arrays;
import org.jocl.CL;
import org.jocl.cl_kernel;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/** A cl_kernel, and what its arguments are set to: only what changes is set again. */
final class OpenClKernel implements Kernel {
  private static final Object UNSET = new Object();

  final cl_kernel handle;
  final @Nullable Object[] current;
  private final cl_program program;
  private final String name;

  OpenClKernel(cl_program program, cl_kernel handle, String name, int parameters) {
    this.program = program;
    this.handle = handle;
    this.name = name;
    this.current = new Object[parameters];
    Arrays.fill(current, UNSET);
  }

  /** The same kernel with arguments of its own; to be released. */
  OpenClKernel another() {
    int[] code = new int[1];
    cl_kernel other = CL.clCreateKernel(program, name, code);
    Calls.check("clCreateKernel " + name, code[0]);
    return new OpenClKernel(program, other, name, current.length);
  }

  @Override
  public String name() {
    return name;
  }
}
