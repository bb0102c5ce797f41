package dev.kiln.gpu.driver;

/** A block of device memory or a view of one; made, and only understood, by its {@link Driver}. */
public interface DeviceMemory {
  long bytes();
}
