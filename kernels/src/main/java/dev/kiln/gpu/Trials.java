package dev.kiln.gpu;

import dev.kiln.backend.Cell;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.Rows;
import dev.kiln.gpu.Trial.Input;
import dev.kiln.gpu.Trial.Output;
import dev.kiln.gpu.driver.DriverInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The works that are tuned: those of the demos and the benchmarks. */
final class Trials {
  private static final int[] SQUARES = {64, 128, 256, 512, 1024, 2048};

  /** Linear layers {@code batch, in, out}, each forward and with both gradients. */
  private static final int[][] LINEAR = {
    {64, 784, 256},
    {256, 784, 256},
    {64, 256, 10},
    {256, 256, 10},
    {64, 1024, 128},
    {1700, 25, 25},
    {1024, 64, 256},
    {4096, 128, 1024}
  };

  /** Thin and deep products {@code m, k, n}. */
  private static final int[][] THIN = {
    {64, 128, 1024}, {1, 256, 1024}, {8, 512, 2048}, {10, 4096, 64}
  };

  /** {@code images, channels, side, filters, kernel, padding, stride, groups}. */
  private static final int[][] CONVOLUTIONS = {
    {32, 1, 28, 10, 5, 0, 1, 1},
    {32, 88, 12, 20, 5, 0, 1, 1},
    {32, 16, 12, 24, 3, 1, 1, 1},
    {64, 1, 28, 32, 3, 1, 1, 1},
    {64, 32, 14, 64, 3, 1, 1, 1},
    {8, 64, 56, 64, 3, 1, 1, 1},
    {8, 256, 14, 256, 3, 1, 1, 1},
    {64, 32, 14, 64, 4, 1, 2, 1},
    {8, 128, 28, 128, 3, 1, 1, 128}
  };

  /** {@code steps, batch, hidden}. */
  private static final int[][] RECURRENT = {
    {6, 1, 5}, {10, 170, 25}, {32, 32, 64}, {100, 1, 128}, {64, 64, 128}, {64, 64, 256}
  };

  private static final Rows[] ROWS = {
    new Rows(64, 10, 1), new Rows(4096, 64, 1), new Rows(64, 1000, 1), new Rows(8, 3, 4096)
  };

  private static final Rows[] SUMS = {
    new Rows(1, 64, 1), new Rows(1, 1 << 20, 1), new Rows(64, 1000, 1), new Rows(4096, 64, 1),
    new Rows(1, 64, 10), new Rows(1, 64, 256), new Rows(1, 4096, 256), new Rows(32, 64, 784)
  };

  private Trials() {}

  /**
   * All of them, the choices that others rest on first.
   *
   * @param cpuKernels whether the device takes the kernels for CPUs
   */
  static List<Trial> of(DriverInfo device, boolean cpuKernels) {
    List<Trial> trials = new ArrayList<>();
    if (cpuKernels) {
      trials.add(lanes(device));
    }
    products()
        .map(spec -> product(cpuKernels ? Family.WIDE_GEMM : Family.GEMM, spec))
        .forEach(trials::add);
    for (int[] each : CONVOLUTIONS) {
      Conv2dSpec spec = convolution(each);
      if (cpuKernels) {
        trials.add(
            join(Family.WIDE_CONV, spec, forward(spec), inputGradient(spec), weightGradient(spec)));
      } else {
        trials.add(forward(spec));
        trials.add(inputGradient(spec));
        trials.add(weightGradient(spec));
      }
    }
    for (int[] each : RECURRENT) {
      for (Cell cell : new Cell[] {Cell.RNN_TANH, Cell.LSTM, Cell.GRU}) {
        if (!cpuKernels) {
          trials.add(RecurrentTrial.of(cell, each[0], each[1], each[2]));
        }
      }
    }
    for (Rows rows : SUMS) {
      trials.add(sum(rows));
      trials.add(max(rows));
    }
    for (Rows rows : ROWS) {
      trials.addAll(rows(rows));
      if (rows.inner() == 1) {
        trials.addAll(layerNorm(rows));
      }
    }
    return trials;
  }

  private static Stream<GemmSpec> products() {
    List<GemmSpec> specs = new ArrayList<>();
    for (int side : SQUARES) {
      specs.add(GemmSpec.of(side, side, side, false, false));
    }
    for (int[] each : LINEAR) {
      int batch = each[0];
      int in = each[1];
      int out = each[2];
      specs.add(GemmSpec.of(batch, out, in, false, true));
      specs.add(GemmSpec.of(batch, in, out, false, false));
      specs.add(GemmSpec.of(out, in, batch, true, false));
    }
    for (int[] each : THIN) {
      specs.add(GemmSpec.of(each[0], each[2], each[1], false, false));
    }
    // a 1 × 1 convolution of images, and a batch of small matrices
    specs.add(new GemmSpec(128, 784, 256, false, false, 8, 0, 256 * 784));
    specs.add(new GemmSpec(32, 32, 64, false, true, 64, 32 * 64, 32 * 64));
    return specs.stream().distinct();
  }

  static Trial product(Family family, GemmSpec spec) {
    int left = spec.strideA() * (spec.batch() - 1) + spec.m() * spec.k();
    int right = spec.strideB() * (spec.batch() - 1) + spec.k() * spec.n();
    return new Trial(
        family,
        spec,
        spec.flops(),
        List.of(Input.of(left), Input.of(right)),
        List.of(Output.of(spec.strideC() * spec.batch(), Trial.ofSum(spec.k()))),
        (backend, in, out) -> backend.gemm(spec, in.get(0), in.get(1), Epilogue.NONE, out.get(0)));
  }

  private static Conv2dSpec convolution(int[] numbers) {
    int side = numbers[2];
    int kernel = numbers[4];
    int padding = numbers[5];
    int stride = numbers[6];
    int out = (side + 2 * padding - kernel) / stride + 1;
    return new Conv2dSpec(
        numbers[0],
        numbers[1],
        side,
        side,
        numbers[3],
        out,
        out,
        kernel,
        kernel,
        stride,
        stride,
        padding,
        padding,
        1,
        1,
        numbers[7]);
  }

  private static int images(Conv2dSpec spec) {
    return spec.n() * spec.inChannels() * spec.inPixels();
  }

  private static int results(Conv2dSpec spec) {
    return spec.n() * spec.outChannels() * spec.outPixels();
  }

  private static int weights(Conv2dSpec spec) {
    return spec.outChannels() * spec.patch();
  }

  private static Trial forward(Conv2dSpec spec) {
    return new Trial(
        Family.CONV_FORWARD,
        spec,
        spec.flops(),
        List.of(Input.of(images(spec)), Input.of(weights(spec)), Input.of(spec.outChannels())),
        List.of(Output.of(results(spec), Trial.ofSum(spec.patch()))),
        (backend, in, out) ->
            backend.conv2d(spec, in.get(0), in.get(1), Epilogue.bias(in.get(2)), out.get(0)));
  }

  private static Trial inputGradient(Conv2dSpec spec) {
    int length = ConvolutionPlan.Pass.INPUT_GRADIENT.k(spec);
    return new Trial(
        Family.CONV_INPUT_GRADIENT,
        spec,
        spec.flops(),
        List.of(Input.of(results(spec)), Input.of(weights(spec))),
        List.of(Output.of(images(spec), Trial.ofSum(length))),
        (backend, in, out) -> backend.conv2dInputGradient(spec, in.get(0), in.get(1), out.get(0)));
  }

  private static Trial weightGradient(Conv2dSpec spec) {
    int length = ConvolutionPlan.Pass.WEIGHT_GRADIENT.k(spec);
    return new Trial(
        Family.CONV_WEIGHT_GRADIENT,
        spec,
        spec.flops(),
        List.of(Input.of(images(spec)), Input.of(results(spec))),
        List.of(Output.of(weights(spec), Trial.ofSum(length))),
        (backend, in, out) -> backend.conv2dWeightGradient(spec, in.get(0), in.get(1), out.get(0)));
  }

  private static Trial sum(Rows rows) {
    return new Trial(
        Family.SUM,
        rows,
        (double) rows.count() * rows.n(),
        List.of(Input.of(rows.count() * rows.n())),
        List.of(Output.of(rows.count(), Trial.ofSum(rows.n()))),
        (backend, in, out) -> backend.sum(rows, 1, in.get(0), out.get(0)));
  }

  private static Trial max(Rows rows) {
    return new Trial(
        Family.MAX,
        rows,
        (double) rows.count() * rows.n(),
        List.of(Input.of(rows.count() * rows.n())),
        List.of(Output.of(rows.count(), 0), new Output(rows.count(), true, 0)),
        (backend, in, out) -> backend.max(rows, in.get(0), out.get(0), out.get(1)));
  }

  private static List<Trial> rows(Rows rows) {
    int size = rows.count() * rows.n();
    Input values = Input.of(size);
    Input targets = new Input(rows.count(), 0, rows.n());
    Output likewise = Output.of(size, Trial.ofSum(rows.n()));
    Output ofRow = Output.of(rows.count(), Trial.ofSum(rows.n()));
    CrossEntropySpec loss = new CrossEntropySpec(rows, -1, 0);
    return List.of(
        rows(
            "softmax",
            rows,
            List.of(values),
            List.of(likewise),
            (backend, in, out) -> backend.softmax(rows, in.get(0), out.get(0))),
        rows(
            "softmax_gradient",
            rows,
            List.of(values, values),
            List.of(likewise),
            (backend, in, out) -> backend.softmaxGradient(rows, in.get(0), in.get(1), out.get(0))),
        rows(
            "log_softmax",
            rows,
            List.of(values),
            List.of(likewise),
            (backend, in, out) -> backend.logSoftmax(rows, in.get(0), out.get(0))),
        rows(
            "log_softmax_gradient",
            rows,
            List.of(values, values),
            List.of(likewise),
            (backend, in, out) ->
                backend.logSoftmaxGradient(rows, in.get(0), in.get(1), out.get(0))),
        rows(
            "cross_entropy",
            rows,
            List.of(values, targets),
            List.of(ofRow, ofRow),
            (backend, in, out) ->
                backend.crossEntropy(loss, in.get(0), in.get(1), null, out.get(0), out.get(1))),
        rows(
            "cross_entropy_gradient",
            rows,
            List.of(values, targets, Input.of(1)),
            List.of(likewise),
            (backend, in, out) ->
                backend.crossEntropyGradient(
                    loss, in.get(0), in.get(1), null, in.get(2), null, out.get(0))));
  }

  private static List<Trial> layerNorm(Rows rows) {
    int count = rows.count();
    int n = rows.n();
    Input values = Input.of(count * n);
    Input ofRow = Input.of(count);
    Output likewise = Output.of(count * n, Trial.ofSum(n));
    Output perRow = Output.of(count, Trial.ofSum(n));
    return List.of(
        rows(
            "layer_norm",
            rows,
            List.of(values),
            List.of(likewise, perRow, perRow),
            (backend, in, out) ->
                backend.layerNorm(
                    count, n, 1e-5f, in.get(0), null, null, out.get(0), out.get(1), out.get(2))),
        rows(
            "layer_norm_gradient",
            rows,
            List.of(values, values, ofRow, ofRow),
            List.of(likewise),
            (backend, in, out) ->
                backend.layerNormGradient(
                    count,
                    n,
                    in.get(0),
                    in.get(1),
                    null,
                    in.get(2),
                    in.get(3),
                    out.get(0),
                    null,
                    null)));
  }

  private static Trial rows(
      String kernel, Rows rows, List<Input> inputs, List<Output> outputs, Trial.Call call) {
    double operations = 4.0 * rows.count() * rows.n();
    return new Trial(
        Family.ROWS, new RowPlan.Work(kernel, rows), operations, inputs, outputs, call);
  }

  /** The width of vectors counts for all kernels at once: a product, a convolution and a net. */
  private static Trial lanes(DriverInfo device) {
    return join(
        Family.LANES,
        device,
        product(Family.WIDE_GEMM, GemmSpec.of(256, 256, 256, false, false)),
        forward(convolution(new int[] {32, 16, 12, 24, 3, 1, 1, 1})),
        RecurrentTrial.of(Cell.LSTM, 16, 32, 64));
  }

  /** Trials one after the other, as one. */
  private static Trial join(Family family, Record work, Trial... parts) {
    List<Input> inputs = new ArrayList<>();
    List<Output> outputs = new ArrayList<>();
    double operations = 0;
    for (Trial part : parts) {
      inputs.addAll(part.inputs());
      outputs.addAll(part.outputs());
      operations += part.operations();
    }
    return new Trial(
        family,
        work,
        operations,
        inputs,
        outputs,
        (backend, in, out) -> {
          int i = 0;
          int o = 0;
          for (Trial part : parts) {
            int nextIn = i + part.inputs().size();
            int nextOut = o + part.outputs().size();
            part.call().make(backend, in.subList(i, nextIn), out.subList(o, nextOut));
            i = nextIn;
            o = nextOut;
          }
        });
  }
}
