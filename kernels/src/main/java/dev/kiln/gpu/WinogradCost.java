package dev.kiln.gpu;

import dev.kiln.backend.Conv2dSpec;
import dev.kiln.gpu.ConvolutionPlan.Pass;
import dev.kiln.gpu.driver.DriverInfo;

/**
 * What {@link WinogradConvolution} with results of 4 × 4 should take of a GPU, and what tiles
 * should, as floating-point operations at its peak. It does a quarter of the multiplications and
 * moves several times the bytes, so that the memory decides; docs/kernels/convolution.md has
 * examples.
 */
final class WinogradCost {
  /** The share of the peak that gemm reaches with such a batch. */
  private static final double SHARE_OF_GEMM = 0.65;

  /** The share of the bandwidth that is reached. */
  private static final double SHARE_OF_MEMORY = 0.85;

  /** Operations of a multiprocessor while three more launches are made, of 3 µs each. */
  private static final double LAUNCHES = 4.5e6;

  private static final int RESULTS = 4;
  private static final int PRODUCTS = 36;

  private WinogradCost() {}

  /** All that it does, as so many operations. */
  static double of(Pass pass, Conv2dSpec spec, DriverInfo device) {
    boolean toInput = pass == Pass.INPUT_GRADIENT;
    int height = toInput ? spec.inHeight() : spec.outHeight();
    int width = toInput ? spec.inWidth() : spec.outWidth();
    double tiles =
        (double) spec.n() * GemmPlan.ceilDiv(height, RESULTS) * GemmPlan.ceilDiv(width, RESULTS);
    double in = spec.inChannels();
    double out = spec.outChannels();
    double images = spec.n() * (in * spec.inPixels() + out * spec.outPixels());
    double kernels = in * out * 9;
    // what is transformed is written and read
    double transformed = PRODUCTS * (tiles * (in + out) + in * out);
    double bytes = (images + kernels + 2 * transformed) * Float.BYTES;
    return 2 * PRODUCTS * tiles * in * out / SHARE_OF_GEMM
        + bytes * operationsPerByte(device) / SHARE_OF_MEMORY
        + LAUNCHES * device.computeUnits();
  }

  /**
   * Floating-point operations that a GPU does while it moves a byte: 10 to 20 with stacked memory,
   * which CUDA's data centre architectures have, 50 and more without.
   */
  private static double operationsPerByte(DriverInfo device) {
    return switch (device.computeCapability()) {
      case 70, 80, 90, 100 -> 16;
      default -> 52;
    };
  }
}
