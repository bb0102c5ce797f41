package dev.kiln.bench.kiln;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.BatchNormWork;
import dev.kiln.bench.work.ConvWork;
import dev.kiln.bench.work.ElementwiseWork;
import dev.kiln.bench.work.GemmWork;
import dev.kiln.bench.work.PoolWork;
import dev.kiln.bench.work.RowsWork;
import dev.kiln.bench.work.Trained;
import dev.kiln.ops.BatchNorm;
import dev.kiln.ops.Conv2d;
import dev.kiln.ops.Conv2dOptions;
import dev.kiln.ops.Pool2d;
import dev.kiln.ops.Pool2dOptions;
import java.util.Map;
import java.util.function.Supplier;

/** The works that are one op each. */
record KilnOps(Device device) {
  Task gemm(GemmWork work) {
    Tensor a = Tensor.of(device, work.a(), work.m(), work.k());
    Tensor b = Tensor.of(device, work.b(), work.k(), work.n());
    return new KilnForward(device, "product", () -> a.matmul(b));
  }

  Task conv(ConvWork work) {
    Tensor x = Tensor.of(device, work.input(), work.inputShape());
    Tensor w = Tensor.of(device, work.weight(), work.weightShape());
    Tensor b = Tensor.of(device, work.bias(), work.filters());
    Conv2dOptions options =
        Conv2dOptions.DEFAULT.stride(work.stride()).padding(work.padding()).groups(work.groups());
    Supplier<Tensor> op = () -> Conv2d.apply(x, w, b, options);
    if (!work.train()) {
      return forward(op);
    }
    Map<String, Tensor> leaves =
        Map.of(Trained.INPUT_GRADIENT, x, Trained.WEIGHT_GRADIENT, w, Trained.BIAS_GRADIENT, b);
    return backward(leaves, Tensor.of(device, work.outputGradient(), work.outputShape()), op);
  }

  Task pool(PoolWork work) {
    Tensor x = Tensor.of(device, work.input(), work.inputShape());
    Pool2dOptions options =
        Pool2dOptions.of(work.kernel()).stride(work.stride()).padding(work.padding());
    Supplier<Tensor> op =
        work.max() ? () -> Pool2d.max(x, options) : () -> Pool2d.average(x, options);
    if (!work.train()) {
      return forward(op);
    }
    Tensor dy = Tensor.of(device, work.outputGradient(), work.outputShape());
    return backward(Map.of(Trained.INPUT_GRADIENT, x), dy, op);
  }

  Task batchNorm(BatchNormWork work) {
    Tensor x = Tensor.of(device, work.input(), work.shape());
    Tensor w = Tensor.of(device, work.weight(), work.channels());
    Tensor b = Tensor.of(device, work.bias(), work.channels());
    Tensor mean = Tensor.zeros(device, work.channels());
    Tensor variance = Tensor.ones(device, work.channels());
    Supplier<Tensor> op = () -> BatchNorm.train(x, w, b, mean, variance, 0.1f, 1e-5f);
    if (!work.train()) {
      return forward(op);
    }
    Map<String, Tensor> leaves =
        Map.of(Trained.INPUT_GRADIENT, x, Trained.WEIGHT_GRADIENT, w, Trained.BIAS_GRADIENT, b);
    return backward(leaves, Tensor.of(device, work.outputGradient(), work.shape()), op);
  }

  Task elementwise(ElementwiseWork work) {
    Tensor x = Tensor.of(device, work.x(), work.n());
    if (work.function().isBinary()) {
      Tensor y = Tensor.of(device, work.y(), work.n());
      return forward(
          work.function() == ElementwiseWork.Function.ADD ? () -> x.add(y) : () -> x.mul(y));
    }
    return forward(
        switch (work.function()) {
          case RELU -> x::relu;
          case SIGMOID -> x::sigmoid;
          case TANH -> x::tanh;
          case GELU -> x::gelu;
          case EXP -> x::exp;
          case ADD, MUL -> throw new IllegalStateException(work.name() + " takes pairs");
        });
  }

  Task rows(RowsWork work) {
    Tensor x = Tensor.of(device, work.x(), work.rows(), work.columns());
    return forward(
        switch (work.function()) {
          case SOFTMAX -> () -> x.softmax(1);
          case LOGSOFTMAX -> () -> x.logSoftmax(1);
          case SUM -> () -> x.sum(1);
          case COLSUM -> () -> x.sum(0);
        });
  }

  private Task forward(Supplier<Tensor> op) {
    return new KilnForward(device, Trained.OUTPUT, op);
  }

  private Task backward(Map<String, Tensor> leaves, Tensor outputGradient, Supplier<Tensor> op) {
    return new KilnBackward(device, leaves, outputGradient, op);
  }
}
