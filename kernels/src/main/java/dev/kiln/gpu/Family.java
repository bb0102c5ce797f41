package dev.kiln.gpu;

import java.util.Locale;

/** What is computed in more ways than one; the plans list them for each work. */
enum Family {
  /** {@link GemmPlan} of a {@code GemmSpec}. */
  GEMM,
  /** {@link WideGemmPlan} of a {@code GemmSpec}. */
  WIDE_GEMM,
  /** {@link ConvolutionPlan} of a {@code Conv2dSpec}, as the two below. */
  CONV_FORWARD,
  CONV_INPUT_GRADIENT,
  CONV_WEIGHT_GRADIENT,
  /** {@link RecurrentPlan} of a {@code RecurrentSpec}. */
  RECURRENT,
  /** {@link ReductionPlan} of {@code Rows}, as the one below. */
  SUM,
  MAX,
  /** {@link RowPlan} of a {@link RowPlan.Work}. */
  ROWS,
  /** {@link WideLanes} of a {@link DriverInfo}: one choice for all kernels of a device. */
  LANES;

  /** Such as {@code conv_forward}. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
