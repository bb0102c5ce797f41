package dev.kiln.cpu;

import dev.kiln.DType;
import dev.kiln.backend.AdadeltaSpec;
import dev.kiln.backend.AdagradSpec;
import dev.kiln.backend.AdamSpec;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.ChannelSpec;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.CrossEntropySpec;
import dev.kiln.backend.DropoutSpec;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.MemoryStatistics;
import dev.kiln.backend.PairLoss;
import dev.kiln.backend.Picks;
import dev.kiln.backend.Pool2dSpec;
import dev.kiln.backend.Recorder;
import dev.kiln.backend.RecurrentInput;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.backend.ResampleSpec;
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

/** The CPU as a backend: each family of operations has a class of its own, and here they meet. */
final class CpuBackend implements Backend {
  private final CpuMemory memory = new CpuMemory();
  private final CpuCopies copies;
  private final CpuElementwise elementwise;
  private final CpuGemm gemm;
  private final CpuConvolution convolution;
  private final CpuPooling pooling;
  private final CpuResampling resampling;
  private final CpuNormalization normalization;
  private final CpuLayerNormalization layerNormalization;
  private final CpuReduction reduction;
  private final CpuSoftmaxes softmaxes;
  private final CpuLosses losses;
  private final CpuIndexing indexing;
  private final CpuDropout dropout;
  private final CpuOptimization optimization;
  private final CpuRecurrent recurrent;

  CpuBackend(Engine engine) {
    copies = new CpuCopies(engine);
    elementwise = new CpuElementwise(engine);
    gemm = new CpuGemm(engine);
    convolution = new CpuConvolution(engine);
    pooling = new CpuPooling(engine);
    resampling = new CpuResampling(engine);
    normalization = new CpuNormalization(engine);
    layerNormalization = new CpuLayerNormalization(engine);
    reduction = new CpuReduction(engine);
    softmaxes = new CpuSoftmaxes(engine);
    losses = new CpuLosses(engine);
    indexing = new CpuIndexing(engine);
    dropout = new CpuDropout(engine);
    optimization = new CpuOptimization(engine);
    recurrent = new CpuRecurrent(engine);
  }

  @Override
  public Recorder recorder() {
    return new CpuRecorder(this);
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
    memory.fill(buffer, value);
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
    copies.copy(copy, source, destination);
  }

  @Override
  public void unary(Unary f, Buffer x, Buffer y) {
    elementwise.unary(f, x, y);
  }

  @Override
  public void unaryGradient(Unary f, Buffer kept, Buffer dy, Buffer dx) {
    elementwise.unaryGradient(f, kept, dy, dx);
  }

  @Override
  public void affine(float scale, float shift, Buffer x, Buffer y) {
    elementwise.affine(scale, shift, x, y);
  }

  @Override
  public void binary(Binary f, Broadcast broadcast, Buffer a, Buffer b, Buffer y) {
    elementwise.binary(f, broadcast, a, b, y);
  }

  @Override
  public void gemm(GemmSpec spec, Buffer a, Buffer b, Epilogue epilogue, Buffer c) {
    gemm.gemm(spec, a, b, epilogue, c);
  }

  @Override
  public void conv2d(Conv2dSpec spec, Buffer x, Buffer w, Epilogue epilogue, Buffer y) {
    convolution.conv2d(spec, x, w, epilogue, y);
  }

  @Override
  public void conv2dInputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
    convolution.conv2dInputGradient(spec, dy, w, dx);
  }

  @Override
  public void conv2dWeightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
    convolution.conv2dWeightGradient(spec, x, dy, dw);
  }

  @Override
  public void maxPool2d(Pool2dSpec spec, Buffer x, Buffer y, Buffer indices) {
    pooling.maxPool2d(spec, x, y, indices);
  }

  @Override
  public void maxPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer indices, Buffer dx) {
    pooling.maxPool2dGradient(spec, dy, indices, dx);
  }

  @Override
  public void avgPool2d(Pool2dSpec spec, Buffer x, Buffer y) {
    pooling.avgPool2d(spec, x, y);
  }

  @Override
  public void avgPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer dx) {
    pooling.avgPool2dGradient(spec, dy, dx);
  }

  @Override
  public void resample(ResampleSpec spec, Buffer x, Buffer y) {
    resampling.resample(spec, x, y);
  }

  @Override
  public void resampleGradient(ResampleSpec spec, Buffer dy, Buffer dx) {
    resampling.resampleGradient(spec, dy, dx);
  }

  @Override
  public void batchNorm(
      ChannelSpec spec,
      float eps,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVariance,
      Buffer y,
      Buffer mean,
      Buffer invStd) {
    normalization.batchNorm(
        spec, eps, momentum, x, gamma, beta, runningMean, runningVariance, y, mean, invStd);
  }

  @Override
  public void batchNormGradient(
      ChannelSpec spec,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dx,
      Buffer dgamma,
      Buffer dbeta) {
    normalization.batchNormGradient(spec, x, dy, gamma, mean, invStd, dx, dgamma, dbeta);
  }

  @Override
  public void batchNormEval(
      ChannelSpec spec,
      float eps,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer mean,
      Buffer variance,
      Buffer y) {
    normalization.batchNormEval(spec, eps, x, gamma, beta, mean, variance, y);
  }

  @Override
  public void batchNormEvalGradient(
      ChannelSpec spec,
      float eps,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer variance,
      @Nullable Buffer dx,
      Buffer dgamma,
      Buffer dbeta) {
    normalization.batchNormEvalGradient(spec, eps, x, dy, gamma, mean, variance, dx, dgamma, dbeta);
  }

  @Override
  public void layerNorm(
      int rows,
      int n,
      float eps,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer beta,
      Buffer y,
      Buffer mean,
      Buffer invStd) {
    layerNormalization.layerNorm(rows, n, eps, x, gamma, beta, y, mean, invStd);
  }

  @Override
  public void layerNormGradient(
      int rows,
      int n,
      Buffer x,
      Buffer dy,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      @Nullable Buffer dx,
      @Nullable Buffer dgamma,
      @Nullable Buffer dbeta) {
    layerNormalization.layerNormGradient(rows, n, x, dy, gamma, mean, invStd, dx, dgamma, dbeta);
  }

  @Override
  public void sum(Rows rows, float scale, Buffer x, Buffer y) {
    reduction.sum(rows, scale, x, y);
  }

  @Override
  public void max(Rows rows, Buffer x, Buffer values, Buffer indices) {
    reduction.max(rows, x, values, indices);
  }

  @Override
  public void scatter(Rows rows, Buffer indices, Buffer dy, Buffer dx) {
    reduction.scatter(rows, indices, dy, dx);
  }

  @Override
  public void softmax(Rows rows, Buffer x, Buffer y) {
    softmaxes.softmax(rows, x, y);
  }

  @Override
  public void softmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
    softmaxes.softmaxGradient(rows, y, dy, dx);
  }

  @Override
  public void logSoftmax(Rows rows, Buffer x, Buffer y) {
    softmaxes.logSoftmax(rows, x, y);
  }

  @Override
  public void logSoftmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
    softmaxes.logSoftmaxGradient(rows, y, dy, dx);
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      Buffer loss,
      Buffer counted) {
    losses.crossEntropy(spec, x, target, weight, loss, counted);
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
    losses.crossEntropyGradient(spec, x, target, weight, dy, divisor, dx);
  }

  @Override
  public void take(Picks picks, Buffer x, Buffer index, Buffer y) {
    indexing.take(picks, x, index, y);
  }

  @Override
  public void takeGradient(Picks picks, int skipped, Buffer index, Buffer dy, Buffer dx) {
    indexing.takeGradient(picks, skipped, index, dy, dx);
  }

  @Override
  public void gather(Picks picks, Buffer x, Buffer index, Buffer y) {
    indexing.gather(picks, x, index, y);
  }

  @Override
  public void gatherGradient(Picks picks, Buffer index, Buffer dy, Buffer dx) {
    indexing.gatherGradient(picks, index, dy, dx);
  }

  @Override
  public void oneHot(int classes, Buffer index, Buffer y) {
    indexing.oneHot(classes, index, y);
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
    losses.nll(rows, ignoreIndex, x, target, weight, loss, counted);
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
    losses.nllGradient(rows, ignoreIndex, target, weight, dy, divisor, dx);
  }

  @Override
  public void weightedMean(Buffer loss, Buffer counted, Buffer mean, Buffer divisor) {
    losses.weightedMean(loss, counted, mean, divisor);
  }

  @Override
  public void pairLoss(
      PairLoss f,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer positiveWeight,
      Buffer loss) {
    losses.pairLoss(f, x, target, weight, positiveWeight, loss);
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
    losses.pairLossGradient(f, x, target, weight, positiveWeight, scale, dy, dx);
  }

  @Override
  public void dropout(DropoutSpec spec, Buffer x, Buffer y) {
    dropout.dropout(spec, x, y);
  }

  @Override
  public void sgd(SgdSpec spec, Stepped on, @Nullable Buffer velocity) {
    optimization.sgd(spec, on, velocity);
  }

  @Override
  public void adagrad(AdagradSpec spec, Stepped on, Buffer sum) {
    optimization.adagrad(spec, on, sum);
  }

  @Override
  public void adadelta(AdadeltaSpec spec, Stepped on, Buffer squares, Buffer moves) {
    optimization.adadelta(spec, on, squares, moves);
  }

  @Override
  public void rmsprop(
      RmspropSpec spec,
      Stepped on,
      Buffer squares,
      @Nullable Buffer mean,
      @Nullable Buffer velocity) {
    optimization.rmsprop(spec, on, squares, mean, velocity);
  }

  @Override
  public void adam(AdamSpec spec, Stepped on, Buffer m, Buffer v, @Nullable Buffer maximum) {
    optimization.adam(spec, on, m, v, maximum);
  }

  @Override
  public void norm(List<Buffer> xs, Buffer y) {
    optimization.norm(xs, y);
  }

  @Override
  public void clipNorm(float maximum, Buffer norm, List<Buffer> xs) {
    optimization.clipNorm(maximum, norm, xs);
  }

  @Override
  public void clipValue(float bound, List<Buffer> xs) {
    optimization.clipValue(bound, xs);
  }

  @Override
  public void recurrent(
      RecurrentSpec spec,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    recurrent.recurrent(spec, x, w, bias, h0, c0, lengths, y, hn, cn, kept);
  }

  @Override
  public boolean readsInput(RecurrentSpec spec) {
    return recurrent.readsInput(spec);
  }

  @Override
  public void recurrentOverInput(
      RecurrentSpec spec,
      RecurrentInput input,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable RecurrentKept kept) {
    recurrent.recurrentOverInput(spec, input, w, bias, h0, c0, lengths, y, hn, cn, kept);
  }

  @Override
  public void recurrentGradient(
      RecurrentSpec spec,
      RecurrentKept kept,
      Buffer w,
      @Nullable Buffer lengths,
      @Nullable Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      Buffer dx,
      @Nullable Buffer dproduct,
      @Nullable Buffer dh0,
      @Nullable Buffer dc0) {
    recurrent.recurrentGradient(spec, kept, w, lengths, dy, dhn, dcn, dx, dproduct, dh0, dc0);
  }
}
