package dev.kiln.gpu;

import dev.kiln.gpu.driver.DriverInfo;

/**
 * What devices have in common that want the same variants.
 *
 * @param api "OpenCL" or "CUDA"
 * @param cpuKernels whether they take the kernels for CPUs: such devices have nothing in common
 *     with others
 * @param computeCapability major * 10 + minor on CUDA, 0 on OpenCL
 * @param vectorWidth floats in the widest vector of one work-item
 * @param computeUnits multiprocessors or compute units
 * @param vendor who makes them
 */
record DeviceClass(
    String api,
    boolean cpuKernels,
    int computeCapability,
    int vectorWidth,
    int computeUnits,
    String vendor) {
  /** What another API, and another vendor, count for: as much as so many doublings of units. */
  private static final double OTHER_API = 4;

  private static final double OTHER_VENDOR = 2;

  private static final int FIELDS = 6;

  static DeviceClass of(DriverInfo device, boolean cpuKernels) {
    return new DeviceClass(
        device.api(),
        cpuKernels,
        device.computeCapability(),
        device.vectorWidth(),
        device.computeUnits(),
        device.vendor().isBlank() ? "unknown" : device.vendor().strip());
  }

  /** How unlike the other one is; infinite if what was measured there says nothing here. */
  double distance(DeviceClass other) {
    if (cpuKernels != other.cpuKernels) {
      return Double.POSITIVE_INFINITY;
    }
    return (api.equals(other.api) ? 0 : OTHER_API)
        + (vendor.equals(other.vendor) ? 0 : OTHER_VENDOR)
        + Math.abs(computeCapability - other.computeCapability) / 10.0
        + doublings(vectorWidth, other.vectorWidth)
        + doublings(computeUnits, other.computeUnits);
  }

  private static double doublings(int a, int b) {
    return Math.abs(Math.log((double) Math.max(a, 1) / Math.max(b, 1)) / Math.log(2));
  }

  /** Such as {@code OpenCL cpu 0 16 2 AuthenticAMD}: what {@link #parse} reads. */
  @Override
  public String toString() {
    return String.join(
        " ",
        api,
        cpuKernels ? "cpu" : "gpu",
        Integer.toString(computeCapability),
        Integer.toString(vectorWidth),
        Integer.toString(computeUnits),
        vendor);
  }

  /**
   * @throws IllegalArgumentException if it is not from {@link #toString}
   */
  static DeviceClass parse(String text) {
    String[] words = text.split(" ", FIELDS);
    if (words.length != FIELDS || !words[1].matches("cpu|gpu")) {
      throw new IllegalArgumentException("\"" + text + "\" is no class of devices");
    }
    return new DeviceClass(
        words[0],
        words[1].equals("cpu"),
        Integer.parseInt(words[2]),
        Integer.parseInt(words[3]),
        Integer.parseInt(words[4]),
        words[5]);
  }
}
