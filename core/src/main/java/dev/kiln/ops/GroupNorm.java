package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Group normalization (Wu and He 2018): the channels of a sample are cut into groups, each of which
 * is brought to mean 0 and variance 1; then each channel is scaled and shifted. It is a {@link
 * LayerNorm} of rows, with passes of their own for weight and bias.
 */
public final class GroupNorm {
  private GroupNorm() {}

  /**
   * @param x {@code [n, c, ...]}
   * @param groups a divisor of {@code c}
   * @param weight {@code [c]}, null for 1
   * @param bias {@code [c]}, null for 0
   * @param eps what keeps a constant group from division by 0
   * @return the shape of {@code x}
   * @throws ShapeException if they do not fit
   */
  public static Tensor apply(
      Tensor x, int groups, @Nullable Tensor weight, @Nullable Tensor bias, float eps) {
    Operands.check("group_norm", x, weight, bias);
    Shape shape = x.shape();
    if (shape.rank() < 2 || groups < 1 || shape.dim(1) % groups != 0) {
      throw new ShapeException(
          "group_norm: the input "
              + shape
              + " should be [n, c, ...] with channels that divide into "
              + groups
              + " groups");
    }
    int row = shape.dim(1) / groups * shape.size(2, shape.rank());
    Tensor rows = Reshape.apply(x, Shape.of(shape.dim(0) * groups, row));
    Tensor y = Reshape.apply(LayerNorm.apply(rows, Shape.of(row), null, null, eps), shape);
    Tensor scaled = weight == null ? y : y.mul(perChannel("weight", weight, shape));
    return bias == null ? scaled : scaled.add(perChannel("bias", bias, shape));
  }

  /** Broadcasts over all that follows the channels. */
  private static Tensor perChannel(String name, Tensor parameter, Shape x) {
    if (!parameter.shape().equals(Shape.of(x.dim(1)))) {
      throw new ShapeException(
          "group_norm: the "
              + name
              + " "
              + parameter.shape()
              + " should be ["
              + x.dim(1)
              + "], one number a channel of the input "
              + x);
    }
    int[] extents = new int[x.rank() - 1];
    Arrays.fill(extents, 1);
    extents[0] = x.dim(1);
    return Reshape.apply(parameter, Shape.of(extents));
  }
}
