package dev.kiln.gpu;

import dev.kiln.backend.Conv2dSpec;
import java.util.List;
import java.util.Locale;

/** How CPUs behind OpenCL compute a convolution and its gradients. */
enum WideConvolutionPlan implements Variant {
  /** {@link WideConvolution}: a product for each tap. */
  TAPS,
  /** {@link WideWinograd}. */
  WINOGRAD;

  /** Channels of the smaller side from which the transforms are worth their time. */
  private static final int MIN_CHANNELS = 16;

  static WideConvolutionPlan of(Conv2dSpec spec) {
    return WinogradConvolution.takes(spec)
            && Math.min(spec.inChannels(), spec.outChannels()) >= MIN_CHANNELS
        ? WINOGRAD
        : TAPS;
  }

  static List<WideConvolutionPlan> candidates(Conv2dSpec spec) {
    return WinogradConvolution.takes(spec) ? List.of(values()) : List.of(TAPS);
  }

  @Override
  public String variant() {
    return name().toLowerCase(Locale.ROOT);
  }
}
