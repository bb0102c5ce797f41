package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Gradients;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.ChannelSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization (Ioffe and Szegedy 2015, algorithms 1 and 2): each channel is brought to mean
 * 0 and variance 1, then scaled by gamma and shifted by beta.
 */
public final class BatchNorm {
  private BatchNorm() {}

  /**
   * With the batch's own statistics, as in training; the running ones are updated in place.
   *
   * @param x {@code [n, c, ...]}
   * @param gamma {@code [c]}, null for 1
   * @param beta {@code [c]}, null for 0
   * @param runningMean {@code [c]}, null (with {@code runningVariance}) for none
   * @param momentum the share of the new statistics: {@code running = (1 - momentum) · running +
   *     momentum · batch}
   * @return the shape of {@code x}
   * @throws ShapeException if they do not fit, or a channel has a single value
   */
  public static Tensor train(
      Tensor x,
      @Nullable Tensor gamma,
      @Nullable Tensor beta,
      @Nullable Tensor runningMean,
      @Nullable Tensor runningVariance,
      float momentum,
      float eps) {
    Operands.check("batch_norm", x, gamma, beta, runningMean, runningVariance);
    ChannelSpec spec = spec(x, gamma, beta, runningMean, runningVariance);
    if (spec.perChannel() == 1) {
      throw new ShapeException(
          "batch_norm: "
              + x.shape()
              + " has one value a channel, whose variance is nothing; train with a larger batch or"
              + " switch to eval()");
    }
    Tensor y = Tensor.like(x);
    Tensor mean = Tensor.empty(x.device(), DType.FLOAT32, Shape.of(spec.channels()));
    Tensor invStd = Tensor.like(mean);
    x.backend()
        .batchNorm(
            spec,
            eps,
            momentum,
            x.buffer(),
            gamma == null ? null : gamma.buffer(),
            beta == null ? null : beta.buffer(),
            runningMean == null ? null : runningMean.buffer(),
            runningVariance == null ? null : runningVariance.buffer(),
            y.buffer(),
            mean.buffer(),
            invStd.buffer());
    return record(
        x,
        gamma,
        beta,
        y,
        mean,
        (dy, dx, dgamma, dbeta) ->
            x.backend()
                .batchNormGradient(
                    spec,
                    x.buffer(),
                    dy.buffer(),
                    gamma == null ? null : gamma.buffer(),
                    mean.buffer(),
                    invStd.buffer(),
                    dx == null ? null : dx.buffer(),
                    dgamma.buffer(),
                    dbeta.buffer()));
  }

  /**
   * With given statistics, as in evaluation.
   *
   * @param x {@code [n, c, ...]}
   * @param mean {@code [c]}
   * @param variance {@code [c]}
   * @return the shape of {@code x}
   */
  public static Tensor eval(
      Tensor x,
      @Nullable Tensor gamma,
      @Nullable Tensor beta,
      Tensor mean,
      Tensor variance,
      float eps) {
    Operands.check("batch_norm", x, gamma, beta, mean, variance);
    ChannelSpec spec = spec(x, gamma, beta, mean, variance);
    Tensor y = Tensor.like(x);
    x.backend()
        .batchNormEval(
            spec,
            eps,
            x.buffer(),
            gamma == null ? null : gamma.buffer(),
            beta == null ? null : beta.buffer(),
            mean.buffer(),
            variance.buffer(),
            y.buffer());
    return record(
        x,
        gamma,
        beta,
        y,
        mean,
        (dy, dx, dgamma, dbeta) ->
            x.backend()
                .batchNormEvalGradient(
                    spec,
                    eps,
                    x.buffer(),
                    dy.buffer(),
                    gamma == null ? null : gamma.buffer(),
                    mean.buffer(),
                    variance.buffer(),
                    dx == null ? null : dx.buffer(),
                    dgamma.buffer(),
                    dbeta.buffer()));
  }

  /** Either backward pass. */
  private interface Backward {
    void run(Tensor dy, @Nullable Tensor dx, Tensor dgamma, Tensor dbeta);
  }

  private static Tensor record(
      Tensor x,
      @Nullable Tensor gamma,
      @Nullable Tensor beta,
      Tensor y,
      Tensor perChannel,
      Backward backward) {
    List<Tensor> inputs = new ArrayList<>(List.of(x));
    if (gamma != null) {
      inputs.add(gamma);
    }
    if (beta != null) {
      inputs.add(beta);
    }
    Gradients gradients =
        dy -> {
          Tensor dx = x.requiresGrad() ? Tensor.like(x) : null;
          Tensor dgamma = Tensor.like(perChannel);
          Tensor dbeta = Tensor.like(perChannel);
          backward.run(dy, dx, dgamma, dbeta);
          List<@Nullable Tensor> found = new ArrayList<>();
          found.add(dx);
          if (gamma != null) {
            found.add(dgamma);
          }
          if (beta != null) {
            found.add(dbeta);
          }
          return found.toArray(new Tensor[0]);
        };
    return Tape.record(y, inputs.toArray(new Tensor[0]), gradients);
  }

  private static ChannelSpec spec(Tensor x, @Nullable Tensor... perChannel) {
    if (x.shape().rank() < 2) {
      throw new ShapeException("batch_norm: the input " + x.shape() + " should be [n, c, ...]");
    }
    Shape channels = Shape.of(x.dim(1));
    for (Tensor tensor : perChannel) {
      if (tensor != null && !tensor.shape().equals(channels)) {
        throw new ShapeException(
            "batch_norm: weight, bias and statistics should be "
                + channels
                + ", one number a channel of the input "
                + x.shape()
                + ", not "
                + tensor.shape());
      }
    }
    return new ChannelSpec(x.dim(0), x.dim(1), x.shape().size(2, x.shape().rank()));
  }
}
