package dev.kiln.gpu.opencl;

import dev.kiln.gpu.Kernel;
import java.util.Arrays;
import org.jocl.cl_kernel;
import org.jspecify.annotations.Nullable;

/** A cl_kernel, and what its arguments are set to: only what changes is set again. */
final class OpenClKernel implements Kernel {
  private static final Object UNSET = new Object();

  final cl_kernel handle;
  final @Nullable Object[] current;
  private final String name;

  OpenClKernel(cl_kernel handle, String name, int parameters) {
    this.handle = handle;
    this.name = name;
    this.current = new Object[parameters];
    Arrays.fill(current, UNSET);
  }

  @Override
  public String name() {
    return name;
  }
}
