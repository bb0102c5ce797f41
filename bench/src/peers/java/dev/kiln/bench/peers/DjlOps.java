package dev.kiln.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.BatchNormWork;
import dev.kiln.bench.work.ConvWork;
import dev.kiln.bench.work.ElementwiseWork;
import dev.kiln.bench.work.GemmWork;
import dev.kiln.bench.work.PoolWork;
import dev.kiln.bench.work.RowsWork;
import dev.kiln.bench.work.Trained;
import java.util.Map;
import java.util.function.Supplier;

/** The works that are one op each. */
record DjlOps(NDManager manager) {
  /** An array of these values and this shape. */
  static NDArray array(NDManager manager, float[] values, int... shape) {
    return manager.create(values, shape(shape));
  }

  static Shape shape(int... extents) {
    long[] shape = new long[extents.length];
    for (int i = 0; i < extents.length; i++) {
      shape[i] = extents[i];
    }
    return new Shape(shape);
  }

  private static Shape square(int extent) {
    return new Shape(extent, extent);
  }

  private NDArray array(float[] values, int... shape) {
    return array(manager, values, shape);
  }

  Task gemm(GemmWork work) {
    NDArray a = array(work.a(), work.m(), work.k());
    NDArray b = array(work.b(), work.k(), work.n());
    return new DjlForward("product", () -> new NDList(a.matMul(b)));
  }

  Task conv(ConvWork work) {
    NDArray x = array(work.input(), work.inputShape());
    NDArray w = array(work.weight(), work.weightShape());
    NDArray b = array(work.bias(), work.filters());
    Shape stride = square(work.stride());
    Shape padding = square(work.padding());
    Shape dilation = square(1);
    Supplier<NDList> op =
        () -> Conv2d.conv2d(x, w, b, stride, padding, dilation, work.groups());
    if (!work.train()) {
      return forward(op);
    }
    Map<String, NDArray> leaves =
        Map.of(
            Trained.INPUT_GRADIENT, x, Trained.WEIGHT_GRADIENT, w, Trained.BIAS_GRADIENT, b);
    return new DjlBackward(leaves, array(work.outputGradient(), work.outputShape()), op);
  }

  Task pool(PoolWork work) {
    NDArray x = array(work.input(), work.inputShape());
    Shape kernel = square(work.kernel());
    Shape stride = square(work.stride());
    Shape padding = square(work.padding());
    Supplier<NDList> op =
        work.max()
            ? () -> new NDList(Pool.maxPool2d(x, kernel, stride, padding, false))
            : () -> new NDList(Pool.avgPool2d(x, kernel, stride, padding, false, true));
    if (!work.train()) {
      return forward(op);
    }
    NDArray dy = array(work.outputGradient(), work.outputShape());
    return new DjlBackward(Map.of(Trained.INPUT_GRADIENT, x), dy, op);
  }

  Task batchNorm(BatchNormWork work) {
    NDArray x = array(work.input(), work.shape());
    NDArray w = array(work.weight(), work.channels());
    NDArray b = array(work.bias(), work.channels());
    NDArray mean = manager.zeros(shape(work.channels()));
    NDArray variance = manager.ones(shape(work.channels()));
    // DJL's momentum is the share that is kept
    Supplier<NDList> op = () -> BatchNorm.batchNorm(x, mean, variance, w, b, 1, 0.9f, 1e-5f, true);
    if (!work.train()) {
      return forward(op);
    }
    Map<String, NDArray> leaves =
        Map.of(
            Trained.INPUT_GRADIENT, x, Trained.WEIGHT_GRADIENT, w, Trained.BIAS_GRADIENT, b);
    return new DjlBackward(leaves, array(work.outputGradient(), work.shape()), op);
  }

  Task elementwise(ElementwiseWork work) {
    NDArray x = array(work.x(), work.n());
    NDArray y = array(work.y(), work.n());
    Supplier<NDArray> op =
        switch (work.function()) {
          case ADD -> () -> x.add(y);
          case MUL -> () -> x.mul(y);
          case RELU -> () -> Activation.relu(x);
          case SIGMOID -> () -> Activation.sigmoid(x);
          case TANH -> () -> Activation.tanh(x);
          case GELU -> () -> Activation.gelu(x);
          case EXP -> x::exp;
        };
    return forward(() -> new NDList(op.get()));
  }

  Task rows(RowsWork work) {
    NDArray x = array(work.x(), work.rows(), work.columns());
    int[] first = {0};
    int[] last = {1};
    Supplier<NDArray> op =
        switch (work.function()) {
          case SOFTMAX -> () -> x.softmax(1);
          case LOGSOFTMAX -> () -> x.logSoftmax(1);
          case SUM -> () -> x.sum(last);
          case COLSUM -> () -> x.sum(first);
        };
    return forward(() -> new NDList(op.get()));
  }

  private static Task forward(Supplier<NDList> op) {
    return new DjlForward(Trained.OUTPUT, op);
  }
}
