package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.Epilogue.Activation;
import dev.kiln.gpu.ConvolutionPlan.Pass;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every convolution kernel, chosen or not, at awkward shapes, against sums in double. */
final class ConvolutionKernelsTest {
  private static final List<Conv2dSpec> SPECS =
      List.of(
          spec(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1),
          spec(2, 3, 7, 9, 5, 3, 3, 1, 1, 0, 0, 1, 1, 1),
          spec(3, 4, 8, 8, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1),
          spec(2, 1, 28, 28, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1),
          spec(2, 4, 9, 11, 6, 3, 2, 2, 3, 1, 0, 1, 2, 2),
          spec(1, 1, 5, 5, 1, 5, 5, 1, 1, 0, 0, 1, 1, 1),
          spec(2, 6, 6, 6, 6, 3, 3, 1, 1, 1, 1, 1, 1, 6),
          spec(2, 6, 6, 7, 12, 3, 3, 2, 1, 1, 2, 1, 1, 6),
          spec(3, 2, 10, 7, 130, 1, 1, 1, 1, 0, 0, 1, 1, 1),
          spec(2, 20, 9, 9, 70, 1, 1, 1, 1, 0, 0, 1, 1, 1),
          spec(2, 5, 9, 9, 6, 1, 1, 2, 2, 0, 0, 1, 1, 1),
          spec(2, 33, 6, 6, 40, 3, 3, 2, 2, 1, 1, 1, 1, 1),
          spec(1, 5, 4, 4, 3, 2, 2, 1, 1, 2, 3, 2, 2, 1),
          spec(2, 8, 5, 5, 8, 4, 4, 3, 2, 3, 3, 1, 1, 1),
          spec(1, 2, 6, 40, 9, 3, 3, 2, 2, 1, 1, 1, 1, 1),
          spec(2, 2, 3, 33, 4, 1, 7, 1, 1, 0, 3, 1, 1, 2),
          spec(1, 3, 1, 1, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1),
          spec(1, 4, 3, 3, 5, 3, 3, 1, 1, 0, 0, 1, 1, 1),
          spec(3, 5, 2, 13, 7, 3, 3, 1, 1, 2, 2, 1, 1, 1),
          spec(2, 19, 11, 8, 12, 3, 3, 1, 1, 1, 0, 1, 1, 1),
          spec(1, 3, 2, 5, 4, 3, 3, 1, 1, 4, 3, 1, 1, 1),
          spec(0, 2, 5, 5, 3, 3, 3, 1, 1, 0, 0, 1, 1, 1));

  private static Conv2dSpec spec(
      int n,
      int inChannels,
      int height,
      int width,
      int outChannels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int paddingHeight,
      int paddingWidth,
      int dilationHeight,
      int dilationWidth,
      int groups) {
    return new Conv2dSpec(
        n,
        inChannels,
        height,
        width,
        outChannels,
        (height + 2 * paddingHeight - dilationHeight * (kernelHeight - 1) - 1) / strideHeight + 1,
        (width + 2 * paddingWidth - dilationWidth * (kernelWidth - 1) - 1) / strideWidth + 1,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        groups);
  }

  /** A way to run the three passes. */
  private abstract static class Variant {
    final TestBackend on;
    final GpuBackend backend;
    private final String name;

    Variant(TestBackend on, String name) {
      this.on = on;
      this.backend = (GpuBackend) on.backend();
      this.name = name;
    }

    abstract void forward(Conv2dSpec spec, Buffer x, Buffer w, Epilogue end, Buffer y);

    abstract void inputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx);

    abstract void weightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw);

    /**
     * Whether a result's rounding error is bound by what its neighbours are sums of as well: a
     * tile's results are all made of the same products.
     */
    boolean mixes() {
      return false;
    }

    @Override
    public String toString() {
      return on + ": " + name;
    }
  }

  /** What the backend itself chooses. */
  private static class Chosen extends Variant {
    Chosen(TestBackend on, String name) {
      super(on, name);
    }

    @Override
    void forward(Conv2dSpec spec, Buffer x, Buffer w, Epilogue end, Buffer y) {
      backend.conv2d(spec, x, w, end, y);
    }

    @Override
    void inputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
      backend.conv2dInputGradient(spec, dy, w, dx);
    }

    @Override
    void weightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
      backend.conv2dWeightGradient(spec, x, dy, dw);
    }
  }

  /** A kernel for GPUs, wherever it can run, and in a test's time; where not, what is chosen. */
  private static final class Forced extends Chosen {
    /** The direct weight gradient has a group for each: too many for the mock driver's threads. */
    private static final int MAX_WEIGHTS = 300;

    private final ConvolutionPlan.Method method;
    private final int splits;

    Forced(TestBackend on, ConvolutionPlan.Method method, int splits) {
      super(on, method + " of " + splits + " parts");
      this.method = method;
      this.splits = splits;
    }

    private boolean takes(Pass pass, Conv2dSpec spec) {
      boolean strided = spec.strideHeight() * spec.strideWidth() > 1;
      return method.takes(pass, spec)
          && !(method.isTiled() && pass == Pass.INPUT_GRADIENT && strided)
          && !(method == ConvolutionPlan.Method.DIRECT
              && pass == Pass.WEIGHT_GRADIENT
              && spec.outChannels() * spec.patch() > MAX_WEIGHTS);
    }

    @Override
    boolean mixes() {
      return method.isWinograd();
    }

    private ConvolutionPlan plan(Pass pass) {
      boolean whole = !method.isTiled() && pass != Pass.WEIGHT_GRADIENT;
      return new ConvolutionPlan(method, whole ? 1 : splits);
    }

    @Override
    void forward(Conv2dSpec spec, Buffer x, Buffer w, Epilogue end, Buffer y) {
      if (takes(Pass.FORWARD, spec)) {
        backend.convolve(plan(Pass.FORWARD), Pass.FORWARD, spec, w, x, WriteBack.ofRows(end), y);
      } else {
        super.forward(spec, x, w, end, y);
      }
    }

    @Override
    void inputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
      if (takes(Pass.INPUT_GRADIENT, spec)) {
        backend.convolve(
            plan(Pass.INPUT_GRADIENT), Pass.INPUT_GRADIENT, spec, w, dy, WriteBack.NONE, dx);
      } else {
        super.inputGradient(spec, dy, w, dx);
      }
    }

    @Override
    void weightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
      if (takes(Pass.WEIGHT_GRADIENT, spec)) {
        backend.convolve(
            plan(Pass.WEIGHT_GRADIENT), Pass.WEIGHT_GRADIENT, spec, dy, x, WriteBack.NONE, dw);
      } else {
        super.weightGradient(spec, x, dy, dw);
      }
    }
  }

  /** The kernels for CPUs behind OpenCL, 1 × 1 too. */
  private static final class Wide extends Variant {
    private final int lanes;

    Wide(TestBackend on, int lanes) {
      super(on, lanes + " lanes");
      this.lanes = lanes;
    }

    @Override
    void forward(Conv2dSpec spec, Buffer x, Buffer w, Epilogue end, Buffer y) {
      new WideConvolution(backend, spec, lanes).forward(x, w, WriteBack.ofRows(end), y);
    }

    @Override
    void inputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
      new WideConvolution(backend, spec, lanes).inputGradient(dy, w, dx);
    }

    @Override
    void weightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
      new WideConvolution(backend, spec, lanes).weightGradient(x, dy, dw);
    }
  }

  /** Winograd for CPUs behind OpenCL, where it can be; where not, what is chosen. */
  private static final class WideTiles extends Chosen {
    private final int lanes;

    WideTiles(TestBackend on, int lanes) {
      super(on, "winograd by " + lanes + " lanes");
      this.lanes = lanes;
    }

    @Override
    boolean mixes() {
      return true;
    }

    @Override
    void forward(Conv2dSpec spec, Buffer x, Buffer w, Epilogue end, Buffer y) {
      if (WinogradConvolution.takes(spec)) {
        new WideWinograd(backend, spec, lanes).forward(x, w, WriteBack.ofRows(end), y);
      } else {
        super.forward(spec, x, w, end, y);
      }
    }

    @Override
    void inputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
      if (WinogradConvolution.takes(spec)) {
        new WideWinograd(backend, spec, lanes).inputGradient(dy, w, dx);
      } else {
        super.inputGradient(spec, dy, w, dx);
      }
    }

    @Override
    void weightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
      if (WinogradConvolution.takes(spec)) {
        new WideWinograd(backend, spec, lanes).weightGradient(x, dy, dw);
      } else {
        super.weightGradient(spec, x, dy, dw);
      }
    }
  }

  @AfterAll
  static void close() {
    TestBackend.closeAll();
  }

  static Stream<Variant> variants() {
    return TestBackend.allWithCuda()
        .flatMap(
            on ->
                Stream.concat(
                    Stream.of(new Chosen(on, "chosen")),
                    ((GpuBackend) on.backend()).cpuKernels()
                        ? Stream.of(8, 16)
                            .flatMap(
                                lanes -> Stream.of(new Wide(on, lanes), new WideTiles(on, lanes)))
                        : Stream.of(ConvolutionPlan.Method.values())
                            .flatMap(
                                method ->
                                    (method.isWinograd() ? Stream.of(1) : Stream.of(1, 3))
                                        .map(parts -> new Forced(on, method, parts)))));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void convolves(Variant variant) {
    TestBackend on = variant.on;
    for (Conv2dSpec spec : SPECS) {
      Operands operands = Operands.of(spec);
      Buffer x = on.of(operands.x);
      Buffer w = on.of(operands.w);
      Buffer bias = on.of(operands.bias);
      Buffer y = on.unwritten(operands.dy.length);
      variant.forward(spec, x, w, Epilogue.bias(bias), y);
      Sums sums = new Sums(operands.dy.length);
      operands.eachProduct((atX, atW, atY) -> sums.add(atY, operands.x[atX], operands.w[atW]));
      for (int i = 0; i < operands.dy.length; i++) {
        sums.add(i, 1, operands.bias[i / spec.outPixels() % spec.outChannels()]);
      }
      sums.compare(variant + " forward, " + spec, variant.mixes(), on.floats(y));
      Buffer residual = on.of(operands.dy);
      Buffer together = on.unwritten(operands.dy.length);
      variant.forward(spec, x, w, new Epilogue(bias, residual, Activation.GELU), together);
      Buffer apart = on.of(on.floats(y));
      on.inPasses(apart, residual, Activation.GELU);
      assertThat(on.floats(together))
          .as("%s forward with its end, %s", variant, spec)
          .containsExactly(on.floats(apart));
      variant.forward(spec, x, w, new Epilogue(bias, null, Activation.RELU), together);
      on.inPasses(y, null, Activation.RELU);
      assertThat(on.floats(together))
          .as("%s forward with relu, %s", variant, spec)
          .containsExactly(on.floats(y));
      Stream.of(x, w, bias, y, residual, together, apart).forEach(on.backend()::release);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void carriesGradientsToTheInput(Variant variant) {
    TestBackend on = variant.on;
    for (Conv2dSpec spec : SPECS) {
      Operands operands = Operands.of(spec);
      Buffer dy = on.of(operands.dy);
      Buffer w = on.of(operands.w);
      Buffer dx = on.unwritten(operands.x.length);
      variant.inputGradient(spec, dy, w, dx);
      Sums sums = new Sums(operands.x.length);
      operands.eachProduct((atX, atW, atY) -> sums.add(atX, operands.dy[atY], operands.w[atW]));
      sums.compare(variant + " input gradient, " + spec, variant.mixes(), on.floats(dx));
      Stream.of(dy, w, dx).forEach(on.backend()::release);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void carriesGradientsToTheWeightsWithTheSameBitsTwice(Variant variant) {
    TestBackend on = variant.on;
    for (Conv2dSpec spec : SPECS) {
      Operands operands = Operands.of(spec);
      Buffer x = on.of(operands.x);
      Buffer dy = on.of(operands.dy);
      Buffer dw = on.unwritten(operands.w.length);
      Buffer again = on.unwritten(operands.w.length);
      variant.weightGradient(spec, x, dy, dw);
      variant.weightGradient(spec, x, dy, again);
      Sums sums = new Sums(operands.w.length);
      operands.eachProduct((atX, atW, atY) -> sums.add(atW, operands.x[atX], operands.dy[atY]));
      sums.compare(variant + " weight gradient, " + spec, variant.mixes(), on.floats(dw));
      assertThat(on.floats(again)).as("%s, %s", variant, spec).containsExactly(on.floats(dw));
      Stream.of(x, dy, dw, again).forEach(on.backend()::release);
    }
  }

  private interface Product {
    void take(int atX, int atW, int atY);
  }

  private record Operands(Conv2dSpec spec, float[] x, float[] w, float[] bias, float[] dy) {
    static Operands of(Conv2dSpec spec) {
      return new Operands(
          spec,
          TestBackend.random(spec.n() * spec.inChannels() * spec.inPixels(), 1),
          TestBackend.random(spec.outChannels() * spec.patch(), 2),
          TestBackend.random(spec.outChannels(), 3),
          TestBackend.random(spec.n() * spec.outChannels() * spec.outPixels(), 4));
    }

    /** Every x · w that goes into some y: the definition of a convolution. */
    void eachProduct(Product product) {
      int taps = spec.kernelHeight() * spec.kernelWidth();
      for (int atY = 0; atY < dy.length; atY++) {
        int channel = atY / spec.outPixels() % spec.outChannels();
        int image = atY / spec.outPixels() / spec.outChannels();
        int oh = atY % spec.outPixels() / spec.outWidth();
        int ow = atY % spec.outWidth();
        for (int from = 0; from < spec.patch(); from++) {
          int tap = from % taps;
          int h =
              oh * spec.strideHeight()
                  - spec.paddingHeight()
                  + tap / spec.kernelWidth() * spec.dilationHeight();
          int v =
              ow * spec.strideWidth()
                  - spec.paddingWidth()
                  + tap % spec.kernelWidth() * spec.dilationWidth();
          if (h >= 0 && h < spec.inHeight() && v >= 0 && v < spec.inWidth()) {
            int inChannel = channel / spec.groupOut() * spec.groupIn() + from / taps;
            int plane = image * spec.inChannels() + inChannel;
            product.take(
                plane * spec.inPixels() + h * spec.inWidth() + v,
                channel * spec.patch() + from,
                atY);
          }
        }
      }
    }
  }

  /** Sums of products and of their magnitudes, which bound what rounding may do. */
  private static final class Sums {
    private final double[] sums;
    private final double[] sizes;

    Sums(int count) {
      sums = new double[count];
      sizes = new double[count];
    }

    void add(int at, double p, double q) {
      sums[at] += p * q;
      sizes[at] += Math.abs(p * q);
    }

    void compare(String what, boolean mixed, float[] values) {
      double largest = Arrays.stream(sizes).max().orElse(0);
      for (int i = 0; i < sums.length; i++) {
        double size = mixed ? largest : sizes[i];
        if (!(Math.abs(values[i] - sums[i]) <= 1e-6 * size + 1e-7)) {
          assertThat((double) values[i]).as("%s, element %d", what, i).isEqualTo(sums[i]);
        }
      }
    }
  }
}
