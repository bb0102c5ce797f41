package dev.kiln.gpu;

import dev.kiln.backend.*;
import org.jspecify.annotations.Nullable;

/** Families that are still to come: each goes when its own file lands. */
interface GpuPending {

  interface PendingPooling extends Pooling {

    @Override
    default void maxPool2d(Pool2dSpec spec, Buffer x, Buffer y, Buffer indices) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void maxPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer indices, Buffer dx) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void avgPool2d(Pool2dSpec spec, Buffer x, Buffer y) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void avgPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer dx) {
      throw new UnsupportedOperationException();
    }
  }

  interface PendingNormalization extends Normalization {

    @Override
    default void batchNorm(
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
      throw new UnsupportedOperationException();
    }

    @Override
    default void batchNormGradient(
        ChannelSpec spec,
        Buffer x,
        Buffer dy,
        @Nullable Buffer gamma,
        Buffer mean,
        Buffer invStd,
        @Nullable Buffer dx,
        Buffer dgamma,
        Buffer dbeta) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void batchNormEval(
        ChannelSpec spec,
        float eps,
        Buffer x,
        @Nullable Buffer gamma,
        @Nullable Buffer beta,
        Buffer mean,
        Buffer variance,
        Buffer y) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void batchNormEvalGradient(
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
      throw new UnsupportedOperationException();
    }
  }

  interface PendingReduction extends Reduction {

    @Override
    default void sum(Rows rows, float scale, Buffer x, Buffer y) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void max(Rows rows, Buffer x, Buffer values, Buffer indices) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void scatter(Rows rows, Buffer indices, Buffer dy, Buffer dx) {
      throw new UnsupportedOperationException();
    }
  }

  interface PendingSoftmaxes extends Softmaxes {

    @Override
    default void softmax(Rows rows, Buffer x, Buffer y) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void softmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void logSoftmax(Rows rows, Buffer x, Buffer y) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void logSoftmaxGradient(Rows rows, Buffer y, Buffer dy, Buffer dx) {
      throw new UnsupportedOperationException();
    }
  }

  interface PendingLosses extends Losses {

    @Override
    default void crossEntropy(
        CrossEntropySpec spec,
        Buffer x,
        Buffer target,
        @Nullable Buffer weight,
        Buffer loss,
        Buffer counted) {
      throw new UnsupportedOperationException();
    }

    @Override
    default void crossEntropyGradient(
        CrossEntropySpec spec,
        Buffer x,
        Buffer target,
        @Nullable Buffer weight,
        Buffer dy,
        @Nullable Buffer divisor,
        Buffer dx) {
      throw new UnsupportedOperationException();
    }
  }
}
