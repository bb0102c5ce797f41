package dev.kiln.nn;

import dev.kiln.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A vector for each of some ids: int32 of any shape to that shape with {@code features} behind it.
 *
 * <p>Parameter: {@code weight [rows, features]}, standard normal, as in PyTorch.
 */
public final class Embedding extends Module {
  private final int rows;
  private final int features;
  private @Nullable Integer paddingIndex;
  private Parameter weight;

  /**
   * @param rows ids are 0 to rows - 1
   */
  public Embedding(int rows, int features) {
    if (rows < 1 || features < 1) {
      throw new IllegalArgumentException(
          "Embedding: rows and features are at least 1, not " + rows + " and " + features);
    }
    this.rows = rows;
    this.features = features;
    weight = parameter("weight", Init.normal(0, 1), rows, features);
  }

  /**
   * The id that stands for padding: its row begins as zeros and is never trained.
   *
   * @param id negative from the end
   */
  public Embedding paddingIndex(int id) {
    if (id < -rows || id >= rows) {
      throw new IllegalArgumentException(
          "Embedding: padding index " + id + " is not one of " + rows + " rows");
    }
    withdraw("paddingIndex", "weight");
    paddingIndex = id;
    int from = (id < 0 ? id + rows : id) * features;
    Init values =
        (shape, generator) -> {
          float[] drawn = Init.normal(0, 1).values(shape, generator);
          Arrays.fill(drawn, from, from + features, 0);
          return drawn;
        };
    weight = parameter("weight", values, rows, features);
    return this;
  }

  /** The vectors of ids. */
  @Override
  public Tensor forward(Tensor ids) {
    return paddingIndex == null
        ? dev.kiln.ops.Embedding.apply(weight.tensor(), ids)
        : dev.kiln.ops.Embedding.apply(weight.tensor(), ids, paddingIndex);
  }

  @Override
  protected String describe() {
    return "Embedding(" + rows + ", " + features + ")";
  }
}
