package dev.kiln.backend;

/**
 * What is known of a device before it is opened.
 *
 * @param id what {@code Device.open} takes: {@code cpu}, {@code opencl:0}, {@code cuda:0}
 * @param name as the driver gives it
 * @param kind what it is
 * @param driver API and driver version, for people
 * @param memoryBytes how much memory it has
 */
public record DeviceInfo(String id, String name, Kind kind, String driver, long memoryBytes) {
  /** What does the arithmetic. */
  public enum Kind {
    CPU,
    GPU,
    /** Neither: an FPGA or the like, behind OpenCL. */
    ACCELERATOR
  }
}
