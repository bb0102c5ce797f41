package dev.kiln.gpu.driver;

/** A function of a {@link KernelProgram}, ready to be launched by the {@link Driver} it is from. */
public interface Kernel {
  String name();
}
