package dev.kiln.cpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.ChannelSpec;
import dev.kiln.backend.Conv2dSpec;
import dev.kiln.backend.Convolution;
import dev.kiln.backend.Dropout;
import dev.kiln.backend.DropoutSpec;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.LayerNormalization;
import dev.kiln.backend.Normalization;
import dev.kiln.backend.Pool2dSpec;
import dev.kiln.backend.Pooling;
import dev.kiln.backend.Recurrent;
import dev.kiln.backend.RecurrentInput;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.backend.ResampleSpec;
import dev.kiln.backend.Resampling;
import org.jspecify.annotations.Nullable;

/** The part of the CPU's backend that the layers of a net compute with. */
abstract class CpuLayers
    implements Convolution,
        Pooling,
        Resampling,
        Normalization,
        LayerNormalization,
        Dropout,
        Recurrent {
  final Calls calls;
  private final CpuConvolution convolution;
  private final CpuPooling pooling;
  private final CpuResampling resampling;
  private final CpuNormalization normalization;
  private final CpuLayerNormalization layerNormalization;
  private final CpuDropout dropout;
  private final CpuRecurrent recurrent;

  CpuLayers(Engine engine, Calls calls) {
    this.calls = calls;
    convolution = new CpuConvolution(engine);
    pooling = new CpuPooling(engine);
    resampling = new CpuResampling(engine);
    normalization = new CpuNormalization(engine);
    layerNormalization = new CpuLayerNormalization(engine);
    dropout = new CpuDropout(engine);
    recurrent = new CpuRecurrent(engine);
  }

  @Override
  public void conv2d(Conv2dSpec spec, Buffer x, Buffer w, Epilogue epilogue, Buffer y) {
    calls.make(() -> convolution.conv2d(spec, x, w, epilogue, y));
  }

  @Override
  public void conv2dInputGradient(Conv2dSpec spec, Buffer dy, Buffer w, Buffer dx) {
    calls.make(() -> convolution.conv2dInputGradient(spec, dy, w, dx));
  }

  @Override
  public void conv2dWeightGradient(Conv2dSpec spec, Buffer x, Buffer dy, Buffer dw) {
    calls.make(() -> convolution.conv2dWeightGradient(spec, x, dy, dw));
  }

  @Override
  public void maxPool2d(Pool2dSpec spec, Buffer x, Buffer y, Buffer indices) {
    calls.make(() -> pooling.maxPool2d(spec, x, y, indices));
  }

  @Override
  public void maxPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer indices, Buffer dx) {
    calls.make(() -> pooling.maxPool2dGradient(spec, dy, indices, dx));
  }

  @Override
  public void avgPool2d(Pool2dSpec spec, Buffer x, Buffer y) {
    calls.make(() -> pooling.avgPool2d(spec, x, y));
  }

  @Override
  public void avgPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer dx) {
    calls.make(() -> pooling.avgPool2dGradient(spec, dy, dx));
  }

  @Override
  public void resample(ResampleSpec spec, Buffer x, Buffer y) {
    calls.make(() -> resampling.resample(spec, x, y));
  }

  @Override
  public void resampleGradient(ResampleSpec spec, Buffer dy, Buffer dx) {
    calls.make(() -> resampling.resampleGradient(spec, dy, dx));
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
    calls.make(
        () ->
            normalization.batchNorm(
                spec,
                eps,
                momentum,
                x,
                gamma,
                beta,
                runningMean,
                runningVariance,
                y,
                mean,
                invStd));
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
    calls.make(
        () -> normalization.batchNormGradient(spec, x, dy, gamma, mean, invStd, dx, dgamma, dbeta));
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
    calls.make(() -> normalization.batchNormEval(spec, eps, x, gamma, beta, mean, variance, y));
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
    calls.make(
        () ->
            normalization.batchNormEvalGradient(
                spec, eps, x, dy, gamma, mean, variance, dx, dgamma, dbeta));
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
    calls.make(() -> layerNormalization.layerNorm(rows, n, eps, x, gamma, beta, y, mean, invStd));
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
    calls.make(
        () ->
            layerNormalization.layerNormGradient(
                rows, n, x, dy, gamma, mean, invStd, dx, dgamma, dbeta));
  }

  @Override
  public void dropout(DropoutSpec spec, Buffer x, Buffer y) {
    calls.make(spec, numbers -> dropout.dropout(numbers, x, y));
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
    calls.make(() -> recurrent.recurrent(spec, x, w, bias, h0, c0, lengths, y, hn, cn, kept));
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
    calls.make(
        () -> recurrent.recurrentOverInput(spec, input, w, bias, h0, c0, lengths, y, hn, cn, kept));
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
    calls.make(
        () ->
            recurrent.recurrentGradient(
                spec, kept, w, lengths, dy, dhn, dcn, dx, dproduct, dh0, dc0));
  }
}
