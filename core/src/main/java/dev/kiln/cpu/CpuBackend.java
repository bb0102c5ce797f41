package dev.kiln.cpu;

import dev.kiln.DType;
import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.MemoryStatistics;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Picks;
import dev.kiln.backend.Recorder;
import dev.kiln.backend.RmspropSpec;
import dev.kiln.backend.Rows;
import dev.kiln.backend.SgdSpec;
import dev.kiln.backend.Stepped;
import dev.kiln.backend.StridedCopy;
import dev.kiln.backend.Unary;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The CPU as a backend: each family of operations has a class of its own, and here they meet, those
 * of layers in {@link CpuLayers}.
 */
sealed class CpuBackend extends CpuLayers implements Backend permits CpuListing {
  private final Engine engine;
  private final CpuMemory memory = new CpuMemory();
  private final CpuCopies copies;
  private final CpuElementwise elementwise;
  private final CpuGemm gemm;
  private final CpuReduction reduction;
  private final CpuSoftmaxes softmaxes;
  final CpuLosses losses;
  private final CpuIndexing indexing;
  private final CpuOptimization optimization;

  CpuBackend(Engine engine) {
    this(engine, Calls.made());
  }

  /**
   * @param calls what becomes of those that compute
   */
  CpuBackend(Engine engine, Calls calls) {
    super(engine, calls);
    this.engine = engine;
    copies = new CpuCopies(engine);
    elementwise = new CpuElementwise(engine);
    gemm = new CpuGemm(engine);
    reduction = new CpuReduction(engine);
    softmaxes = new CpuSoftmaxes(engine);
    losses = new CpuLosses(engine);
    indexing = new CpuIndexing(engine);
    optimization = new CpuOptimization(engine);
  }

  @Override
  public Recorder recorder() {
    return new CpuRecorder(this, engine);
  }

  @Override
  public void close() {
    memory.close();
  }

  @Override
  public Buffer allocate(DType dtype, int size) {
    return memory.allocate(dtype, size);
  }

  @Override
  public Buffer adopt(float[] array) {
    return memory.adopt(array);
  }

  @Override
  public Buffer adopt(int[] array) {
    return memory.adopt(array);
  }

  @Override
  public Buffer view(Buffer buffer, int offset, int size) {
    return memory.view(buffer, offset, size);
  }

  @Override
  public void release(Buffer buffer) {
    memory.release(buffer);
  }

  @Override
  public int alignment() {
    return memory.alignment();
  }

  @Override
  public void upload(FloatBuffer source, Buffer destination) {
    memory.upload(source, destination);
  }

  @Override
  public void upload(IntBuffer source, Buffer destination) {
    memory.upload(source, destination);
  }

  @Override
  public void download(Buffer source, FloatBuffer destination) {
    memory.download(source, destination);
  }

  @Override
  public void download(Buffer source, IntBuffer destination) {
    memory.download(source, destination);
  }

  @Override
  public void fill(Buffer buffer, float value) {
    calls.make(() -> memory.fill(buffer, value));
  }

  @Override
  public void synchronize() {
    memory.synchronize();
  }

  @Override
  public MemoryStatistics memory() {
    return memory.memory();
  }

  @Override
  public void copy(StridedCopy copy, Buffer source, Buffer destination) {
    calls.make(() -> copies.copy(copy, source, destination));
  }

  @Override
  public void unary(Unary f, Buffer x, Buffer y) {
    calls.make(() -> elementwise.unary(f, x, y));
  }

  @Override
  public void unaryGradient(Unary f, Buffer kept, Buffer dy, Buffer dx) {
    calls.make(() -> elementwise.unaryGradient(f, kept, dy, dx));
  }

  @Override
  public void affine(float scale, float shift, Buffer x, Buffer y) {
    calls.make(() -> elementwise.affine(scale, shift, x, y));
  }

  @Override
  public void binary(Binary f, Broadcast broadcast, Buffer a, Buffer b, Buffer y) {
    calls.make(() -> elementwise.binary(f, broadcast, a, b, y));
  }

  @Override
  public void gemm(GemmSpec spec, Buffer a, Buffer b, Epilogue epilogue, Buffer c) {
    calls.make(() -> gemm.gemm(spec, a, b, epilogue, c));
  }

  @Override
  public void sum(Rows rows, float scale, Buffer x, Buffer y) {
    calls.make(() -> reduction.sum(rows, scale, x, y));
  }

  @Override
  public void max(Rows rows, Buffer x, Buffer values, Buffer indices) {
    calls.make(() -> reduction.max(rows, x, values, indices));
  }

  @Override
  public void scatter(Rows rows, Buffer indices, Buffer dy, Buffer dx) {
    calls.make(() -> reduction.scatter(rows, indices, dy, dx));
  }

  @Override
  public void softmax(Rows rows, Buffer x, Buffer y) {
    calls.make(() -> softmaxes.softmax(rows, x, y));
  }

  @Override
  public void softmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
    calls.make(() -> softmaxes.softmaxGradient(rows, y, dy, dx));
  }

  @Override
  public void logSoftmax(Rows rows, Buffer x, Buffer y) {
    calls.make(() -> softmaxes.logSoftmax(rows, x, y));
  }

  @Override
  public void logSoftmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
    calls.make(() -> softmaxes.logSoftmaxGradient(rows, y, dy, dx));
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    calls.make(() -> losses.crossEntropy(spec, x, target, weight, loss, counted));
  }

  @Override
  public void crossEntropyGradient(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    calls.make(() -> losses.crossEntropyGradient(spec, x, target, weight, dy, divisor, dx));
  }

  @Override
  public void take(Picks picks, Buffer x, Buffer index, Buffer y) {
    calls.make(() -> indexing.take(picks, x, index, y));
  }

  @Override
  public void takeGradient(Picks picks, int skipped, Buffer index, Buffer dy, Buffer dx) {
    calls.make(() -> indexing.takeGradient(picks, skipped, index, dy, dx));
  }

  @Override
  public void gather(Picks picks, Buffer x, Buffer index, Buffer y) {
    calls.make(() -> indexing.gather(picks, x, index, y));
  }

  @Override
  public void gatherGradient(Picks picks, Buffer index, Buffer dy, Buffer dx) {
    calls.make(() -> indexing.gatherGradient(picks, index, dy, dx));
  }

  @Override
  public void oneHot(int classes, Buffer index, Buffer y) {
    calls.make(() -> indexing.oneHot(classes, index, y));
  }

  @Override
  public void nll(
      Rows rows,
      int ignoreIndex,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    calls.make(() -> losses.nll(rows, ignoreIndex, x, target, weight, loss, counted));
  }

  @Override
  public void nllGradient(
      Rows rows,
      int ignoreIndex,
      Buffer target,
      @Nullable Buffer weight,
      Buffer dy,
      @Nullable Buffer divisor,
      Buffer dx) {
    calls.make(() -> losses.nllGradient(rows, ignoreIndex, target, weight, dy, divisor, dx));
  }

  @Override
  public void weightedMean(Buffer loss, Buffer counted, Buffer mean, Buffer divisor) {
    calls.make(() -> losses.weightedMean(loss, counted, mean, divisor));
  }

  @Override
  public void pairLoss(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      Buffer loss) {
    calls.make(() -> losses.pairLoss(f, x, target, weight, positiveWeight, loss));
  }

  @Override
  public void pairLossGradient(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      float scale,
      Buffer dy,
      Buffer dx) {
    calls.make(() -> losses.pairLossGradient(f, x, target, weight, positiveWeight, scale, dy, dx));
  }

  @Override
  public void sgd(SgdSpec spec, Stepped on, @Nullable Buffer velocity) {
    calls.make(spec, numbers -> optimization.sgd(numbers, on, velocity));
  }

  @Override
  public void adagrad(AdagradSpec spec, Stepped on, Buffer sum) {
    calls.make(spec, numbers -> optimization.adagrad(numbers, on, sum));
  }

  @Override
  public void adadelta(AdadeltaSpec spec, Stepped on, Buffer squares, Buffer moves) {
    calls.make(spec, numbers -> optimization.adadelta(numbers, on, squares, moves));
  }

  @Override
  public void rmsprop(
      RmspropSpec spec,
      Stepped on,
      Buffer squares,
      @Nullable Buffer mean,
      @Nullable Buffer velocity) {
    calls.make(spec, numbers -> optimization.rmsprop(numbers, on, squares, mean, velocity));
  }

  @Override
  public void adam(AdamSpec spec, Stepped on, Buffer m, Buffer v, @Nullable Buffer maximum) {
    calls.make(spec, numbers -> optimization.adam(numbers, on, m, v, maximum));
  }

  @Override
  public void norm(List<Buffer> xs, Buffer y) {
    calls.make(() -> optimization.norm(xs, y));
  }

  @Override
  public void clipNorm(float maximum, Buffer norm, List<Buffer> xs) {
    calls.make(() -> optimization.clipNorm(maximum, norm, xs));
  }

  @Override
  public void clipValue(float bound, List<Buffer> xs) {
    calls.make(() -> optimization.clipValue(bound, xs));
  }
}
