package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Convolution;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.StridePhase;
import dev.kiln.gpu.ConvolutionPlan.Pass;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions: {@link ConvolutionPlan} chooses the kernel, this launches it. CPUs have their own.
 */
interface GpuConvolution extends Convolution, GpuGemm, GpuCopies {
  /** Pixels from which a 1 × 1 convolution is worth a product an image. */
  int POINTWISE_PIXELS = 32;

  @Override
  default void conv2d(Conv2dSpec spec, Buffer x, Buffer w, Epilogue epilogue, Buffer y) {
    WriteBack end = WriteBack.ofRows(epilogue);
    if (isProduct(spec)) {
      product(pointwise(spec, false), w, x, end, y);
    } else if (cpuKernels()) {
      onCpu(spec).forward(x, w, end, y);
    } else {
      convolve(plan(Pass.FORWARD, spec), Pass.FORWARD, spec, w, x, end, y);
    }
  }

  @Override
  default void conv2dInputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
    if (isProduct(spec)) {
      product(pointwise(spec, true), w, dy, WriteBack.NONE, dx);
      return;
    }
    boolean strided = spec.strideHeight() > 1 || spec.strideWidth() > 1;
    if (cpuKernels()) {
      ConvolutionPasses passes = onCpu(spec);
      if (strided && !passes.inputGradientStrides()) {
        inputGradientByPhase(spec, dy, w, dx);
      } else {
        passes.inputGradient(dy, w, dx);
      }
      return;
    }
    ConvolutionPlan plan = plan(Pass.INPUT_GRADIENT, spec);
    // the direct kernel passes over what no output has seen by itself
    if (strided && plan.method() != ConvolutionPlan.Method.DIRECT) {
      inputGradientByPhase(spec, dy, w, dx);
    } else {
      convolve(plan, Pass.INPUT_GRADIENT, spec, w, dy, WriteBack.NONE, dx);
    }
  }

  private void inputGradientByPhase(Conv2dSpec whole, Buffer dy, Buffer w, Buffer dx) {
    List<StridePhase> phases = StridePhase.of(whole);
    if (!StridePhase.coverAll(phases, whole)) {
      driver().fill(GpuFamily.memory(dx), 0, (long) dx.size() * Float.BYTES);
    }
    for (StridePhase phase : phases) {
      try (Workspace kernel = Workspace.ofFloats(pool(), phase.kernel().size());
          Workspace part = Workspace.ofFloats(pool(), phase.pixels().size())) {
        Buffer weights = kernel.buffer(phase.kernel().size());
        Buffer pixels = part.buffer(phase.pixels().size());
        copy(phase.kernel(), w, weights);
        conv2dInputGradient(phase.spec(), dy, weights, pixels);
        copy(phase.pixels(), pixels, dx);
      }
    }
  }

  @Override
  default void conv2dWeightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
    if (cpuKernels()) {
      onCpu(spec).weightGradient(x, dy, dw);
    } else {
      convolve(
          plan(Pass.WEIGHT_GRADIENT, spec), Pass.WEIGHT_GRADIENT, spec, dy, x, WriteBack.NONE, dw);
    }
  }

  /** A 1 × 1 convolution that looks at every pixel once is a product: w times an image. */
  private static boolean isProduct(Conv2dSpec spec) {
    return spec.kernelHeight() == 1
        && spec.kernelWidth() == 1
        && spec.strideHeight() == 1
        && spec.strideWidth() == 1
        && spec.paddingHeight() == 0
        && spec.paddingWidth() == 0
        && spec.inHeight() == spec.outHeight()
        && spec.inWidth() == spec.outWidth()
        && spec.groups() == 1
        && spec.outPixels() >= POINTWISE_PIXELS;
  }

  /** {@code y = w · x} for each image or, turned, {@code dx = wᵀ · dy}. */
  private static GemmSpec pointwise(Conv2dSpec spec, boolean turned) {
    int rows = turned ? spec.inChannels() : spec.outChannels();
    int k = turned ? spec.outChannels() : spec.inChannels();
    int pixels = spec.outPixels();
    return new GemmSpec(rows, pixels, k, turned, false, spec.n(), 0, k * pixels);
  }

  private ConvolutionPlan plan(Pass pass, Conv2dSpec spec) {
    ConvolutionPlan own = ConvolutionPlan.of(pass, spec, driver().info());
    return kernels()
        .tuning()
        .choose(pass.family, spec, own, () -> ConvolutionPlan.candidates(pass, spec));
  }

  /** How CPUs behind OpenCL compute it. */
  private ConvolutionPasses onCpu(Conv2dSpec spec) {
    WideDepthwise depthwise = spec.groups() > 1 ? WideDepthwise.of(this, spec) : null;
    if (depthwise != null) {
      return depthwise;
    }
    WideConvolutionPlan plan =
        kernels()
            .tuning()
            .choose(
                Family.WIDE_CONV,
                spec,
                WideConvolutionPlan.of(spec),
                () -> WideConvolutionPlan.candidates(spec));
    return switch (plan) {
      case TAPS -> WideConvolution.of(this, spec);
      case WINOGRAD -> new WideWinograd(this, spec, WideLanes.on(this));
    };
  }

  /**
   * One pass by the kernel that the plan names, whether it is the best one or not.
   *
   * @param a the left operand of the implicit product: w, w or dy
   * @param b what its patches are taken from: x, dy or x
   */
  default void convolve(
      ConvolutionPlan plan,
      Pass pass,
      Conv2dSpec spec,
      Buffer a,
      Buffer b,
      WriteBack end,
      Buffer c) {
    switch (plan.method()) {
      case WINOGRAD_2 -> winograd(2, pass, spec, a, b, end, c);
      case WINOGRAD_4 -> winograd(4, pass, spec, a, b, end, c);
      default -> implicit(plan, pass, spec, a, b, end, c);
    }
  }

  private void winograd(
      int results, Pass pass, Conv2dSpec spec, Buffer a, Buffer b, WriteBack end, Buffer c) {
    WinogradConvolution winograd = new WinogradConvolution(this, spec, results);
    switch (pass) {
      case FORWARD -> winograd.forward(b, a, end, c);
      case INPUT_GRADIENT -> winograd.inputGradient(b, a, c);
      case WEIGHT_GRADIENT -> winograd.weightGradient(b, a, c);
    }
  }

  private void implicit(
      ConvolutionPlan plan,
      Pass pass,
      Conv2dSpec spec,
      Buffer a,
      Buffer b,
      WriteBack end,
      Buffer c) {
    if (plan.splits() == 1) {
      partialConvolution(plan, pass, spec, a, b, end, GpuFamily.memory(c));
      return;
    }
    try (Workspace parts = Workspace.ofFloats(pool(), (long) plan.splits() * c.size())) {
      partialConvolution(plan, pass, spec, a, b, WriteBack.NONE, parts.memory());
      // only forward has a bias, one number a channel, and what comes after it
      sumSplits(
          parts.memory(), end, c, plan.splits(), c.size(), spec.outChannels(), spec.outPixels());
    }
  }

  private void partialConvolution(
      ConvolutionPlan plan,
      Pass pass,
      Conv2dSpec spec,
      Buffer a,
      Buffer b,
      WriteBack end,
      DeviceMemory c) {
    if (plan.method() != ConvolutionPlan.Method.DIRECT) {
      tiled(plan, pass, spec, a, b, end, c);
    } else if (pass == Pass.WEIGHT_GRADIENT) {
      directWeightGradient(plan, spec, a, b, c);
    } else {
      direct(pass, spec, a, b, end, c);
    }
  }

  private void tiled(
      ConvolutionPlan plan,
      Pass pass,
      Conv2dSpec spec,
      Buffer a,
      Buffer b,
      WriteBack end,
      DeviceMemory c) {
    String program = pass.program + "_" + plan.method().text;
    int tiles =
        GemmPlan.ceilDiv(pass.rows(spec), kernels().tunable(program, "TILE_M"))
            * GemmPlan.ceilDiv(pass.columns(spec), kernels().tunable(program, "TILE_N"));
    int step = kernels().tunable(program, "TILE_K");
    List<@Nullable Object> arguments =
        new ArrayList<>(Arrays.asList(a, b, end.bias(), end.residual(), c));
    addExtents(arguments, spec);
    addDivisor(arguments, spec.kernelHeight() * spec.kernelWidth());
    addDivisor(arguments, spec.kernelWidth());
    addDivisor(arguments, spec.outPixels());
    addDivisor(arguments, spec.outWidth());
    arguments.add(GemmPlan.ceilDiv(GemmPlan.ceilDiv(pass.k(spec), plan.splits()), step) * step);
    arguments.add(end.code());
    launch(
        program,
        "conv_tiled",
        new Grid(tiles, spec.groups(), plan.splits(), kernels().tunable(program, "WG")),
        arguments.toArray());
  }

  private void direct(
      Pass pass, Conv2dSpec spec, Buffer w, Buffer x, WriteBack end, DeviceMemory y) {
    int rows = pass.rows(spec);
    String program =
        (pass == Pass.FORWARD ? "conv_direct_" : "conv_direct_gradient_") + (rows < 4 ? 1 : 8);
    int local = kernels().tunable(program, "WG");
    int blocks = GemmPlan.ceilDiv(rows, kernels().tunable(program, "CHANNELS")) * spec.groups();
    List<@Nullable Object> arguments =
        new ArrayList<>(Arrays.asList(w, x, end.bias(), end.residual(), y));
    addExtents(arguments, spec);
    arguments.add(end.code());
    launch(
        program,
        "conv_direct",
        Grid.of(Math.multiplyExact(GemmPlan.ceilDiv(pass.columns(spec), local), blocks), local),
        arguments.toArray());
  }

  private void directWeightGradient(
      ConvolutionPlan plan, Conv2dSpec spec, Buffer dy, Buffer x, DeviceMemory dw) {
    String program = "conv_direct_1";
    List<@Nullable Object> arguments = new ArrayList<>(Arrays.asList(dy, x, dw));
    addExtents(arguments, spec);
    arguments.add(GemmPlan.ceilDiv(Pass.WEIGHT_GRADIENT.k(spec), plan.splits()));
    launch(
        program,
        "conv_direct_weight_gradient",
        new Grid(
            spec.outChannels() * spec.patch(), plan.splits(), 1, kernels().tunable(program, "WG")),
        arguments.toArray());
  }

  /** The parameters that conv.h calls CONV_EXTENTS. */
  static void addExtents(List<@Nullable Object> arguments, Conv2dSpec spec) {
    arguments.add(spec.n());
    arguments.add(spec.inChannels());
    arguments.add(spec.inHeight());
    arguments.add(spec.inWidth());
    arguments.add(spec.outChannels());
    arguments.add(spec.outHeight());
    arguments.add(spec.outWidth());
    arguments.add(spec.kernelHeight());
    arguments.add(spec.kernelWidth());
    arguments.add(spec.strideHeight());
    arguments.add(spec.strideWidth());
    arguments.add(spec.paddingHeight());
    arguments.add(spec.paddingWidth());
    arguments.add(spec.dilationHeight());
    arguments.add(spec.dilationWidth());
    arguments.add(spec.groups());
  }

  /** The parameters that conv.h calls DIVISOR: a multiplication and a shift that divide. */
  private static void addDivisor(List<@Nullable Object> arguments, int divisor) {
    int shift = 32 - Integer.numberOfLeadingZeros(Math.max(divisor, 1) - 1);
    long magic = ((1L << 31 + shift) + divisor - 1) / Math.max(divisor, 1);
    arguments.add((int) magic);
    arguments.add(shift);
  }
}
