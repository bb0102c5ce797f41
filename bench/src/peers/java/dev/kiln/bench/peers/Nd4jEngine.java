package dev.kiln.bench.peers;

import dev.kiln.bench.engine.Engine;
import dev.kiln.bench.engine.Engines;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.ConvWork;
import dev.kiln.bench.work.ElementwiseWork;
import dev.kiln.bench.work.GemmWork;
import dev.kiln.bench.work.PoolWork;
import dev.kiln.bench.work.RowsWork;
import dev.kiln.bench.work.Trained;
import dev.kiln.bench.work.Work;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.reduce.same.Sum;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * ND4J's native CPU operations: products, convolutions without groups, poolings, elementwise
 * functions, softmax and sums. Its GELU is an approximation, so it has none here.
 */
final class Nd4jEngine implements Engine {
  Nd4jEngine() {
    Nd4j.getEnvironment().setMaxThreads(Engines.threads());
    Nd4j.getEnvironment().setMaxMasterThreads(Engines.threads());
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(Engines.threads());
    // its products
    openblas.blas_set_num_threads(Engines.threads());
  }

  @Override
  public String description() {
    return "ND4J with " + Nd4j.getEnvironment().maxMasterThreads() + " threads";
  }

  @Override
  public Optional<Task> prepare(Work work) {
    if (work instanceof GemmWork gemm) {
      return Optional.of(gemm(gemm));
    }
    if (work instanceof ConvWork conv && conv.groups() == 1) {
      return Optional.of(conv(conv));
    }
    if (work instanceof PoolWork pool) {
      return Optional.of(pool(pool));
    }
    if (work instanceof ElementwiseWork elementwise) {
      return elementwise(elementwise);
    }
    return work instanceof RowsWork rows ? Optional.of(rows(rows)) : Optional.empty();
  }

  private static INDArray array(float[] values, int... shape) {
    return Nd4j.create(values, longs(shape), 'c');
  }

  private static INDArray room(int... shape) {
    return Nd4j.createUninitialized(longs(shape), 'c');
  }

  private static long[] longs(int... extents) {
    long[] shape = new long[extents.length];
    for (int i = 0; i < extents.length; i++) {
      shape[i] = extents[i];
    }
    return shape;
  }

  private static Task task(INDArray output, Op op) {
    return new Nd4jTask(
        Map.of(Trained.OUTPUT, output), () -> Nd4j.getExecutioner().exec(op));
  }

  private static Task task(Map<String, INDArray> outputs, CustomOp... ops) {
    return new Nd4jTask(
        outputs,
        () -> {
          for (CustomOp op : ops) {
            Nd4j.getExecutioner().exec(op);
          }
        });
  }

  private static CustomOp op(String name, INDArray[] inputs, INDArray[] outputs, int... numbers) {
    return DynamicCustomOp.builder(name)
        .addInputs(inputs)
        .addOutputs(outputs)
        .addIntegerArguments(numbers)
        .build();
  }

  private static INDArray[] of(INDArray... arrays) {
    return arrays;
  }

  private static Task gemm(GemmWork work) {
    INDArray a = array(work.a(), work.m(), work.k());
    INDArray b = array(work.b(), work.k(), work.n());
    INDArray c = room(work.m(), work.n());
    return task(Map.of("product", c), op("matmul", of(a, b), of(c)));
  }

  private static Task conv(ConvWork work) {
    int k = work.kernel();
    int s = work.stride();
    int p = work.padding();
    // kernel, stride, padding, dilation, padding as given, NCHW, OIHW
    int[] numbers = {k, k, s, s, p, p, 1, 1, 0, 0, 1};
    INDArray x = array(work.input(), work.inputShape());
    INDArray w = array(work.weight(), work.weightShape());
    INDArray b = array(work.bias(), work.filters());
    INDArray y = room(work.outputShape());
    CustomOp forward = op("conv2d", of(x, w, b), of(y), numbers);
    if (!work.train()) {
      return task(Map.of(Trained.OUTPUT, y), forward);
    }
    INDArray dy = array(work.outputGradient(), work.outputShape());
    INDArray dx = room(work.inputShape());
    INDArray dw = room(work.weightShape());
    INDArray db = room(work.filters());
    Map<String, INDArray> outputs = new LinkedHashMap<>();
    outputs.put(Trained.OUTPUT, y);
    outputs.put(Trained.INPUT_GRADIENT, dx);
    outputs.put(Trained.WEIGHT_GRADIENT, dw);
    outputs.put(Trained.BIAS_GRADIENT, db);
    return task(outputs, forward, op("conv2d_bp", of(x, w, b, dy), of(dx, dw, db), numbers));
  }

  private static Task pool(PoolWork work) {
    String name = work.max() ? "maxpool2d" : "avgpool2d";
    int k = work.kernel();
    int s = work.stride();
    int p = work.padding();
    // kernel, stride, padding, dilation, padding as given, padding counts in the mean, NCHW
    int[] numbers = {k, k, s, s, p, p, 1, 1, 0, 1, 0};
    INDArray x = array(work.input(), work.inputShape());
    INDArray y = room(work.outputShape());
    CustomOp forward = op(name, of(x), of(y), numbers);
    if (!work.train()) {
      return task(Map.of(Trained.OUTPUT, y), forward);
    }
    INDArray dy = array(work.outputGradient(), work.outputShape());
    INDArray dx = room(work.inputShape());
    return task(
        Map.of(Trained.OUTPUT, y, Trained.INPUT_GRADIENT, dx),
        forward,
        op(name + "_bp", of(x, dy), of(dx), numbers));
  }

  private static Optional<Task> elementwise(ElementwiseWork work) {
    INDArray x = array(work.x(), work.n());
    INDArray other = array(work.y(), work.n());
    INDArray y = room(work.n());
    return switch (work.function()) {
      case ADD -> Optional.of(task(Map.of(Trained.OUTPUT, y), op("add", of(x, other), of(y))));
      case MUL -> Optional.of(task(Map.of(Trained.OUTPUT, y), op("multiply", of(x, other), of(y))));
      case RELU -> Optional.of(task(y, new RectifiedLinear(x, y, 0)));
      case SIGMOID -> Optional.of(task(y, new Sigmoid(x, y)));
      case TANH -> Optional.of(task(y, new Tanh(x, y)));
      case EXP -> Optional.of(task(y, new Exp(x, y)));
      case GELU -> Optional.empty();
    };
  }

  private static Task rows(RowsWork work) {
    INDArray x = array(work.x(), work.rows(), work.columns());
    INDArray y = room(work.rows(), work.columns());
    return switch (work.function()) {
      case SOFTMAX -> task(Map.of(Trained.OUTPUT, y), op("softmax", of(x), of(y), 1));
      case LOGSOFTMAX -> task(Map.of(Trained.OUTPUT, y), op("log_softmax", of(x), of(y), 1));
      case SUM -> sum(x, room(work.rows()), 1);
      case COLSUM -> sum(x, room(work.columns()), 0);
    };
  }

  private static Task sum(INDArray x, INDArray y, int over) {
    return task(y, new Sum(x, y, false, over));
  }

  @Override
  public void close() {}
}
