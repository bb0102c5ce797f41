package dev.kiln.gpu;

import dev.kiln.gpu.driver.DriverInfo;
import java.util.List;

/**
 * The explicit vectors of kernels for CPUs behind OpenCL.
 *
 * @param count floats in one: 8 or 16
 */
record WideLanes(int count) implements Variant {
  private static final WideLanes NARROW = new WideLanes(8);
  private static final WideLanes WIDE = new WideLanes(16);

  /** As wide as the device's. */
  static WideLanes of(DriverInfo device) {
    return device.vectorWidth() >= WIDE.count ? WIDE : NARROW;
  }

  static List<WideLanes> candidates() {
    return List.of(NARROW, WIDE);
  }

  /** The floats in a vector of the kernels that {@code gpu} takes. */
  static int on(GpuFamily gpu) {
    DriverInfo device = gpu.driver().info();
    return gpu.kernels()
        .tuning()
        .choose(Family.LANES, device, of(device), WideLanes::candidates)
        .count;
  }

  @Override
  public String variant() {
    return Integer.toString(count);
  }
}
