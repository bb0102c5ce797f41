package dev.kiln.cases;

import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.backend.Rows;
import dev.kiln.ops.Embedding;
import java.util.Arrays;
import java.util.stream.Stream;

/** Elements found by their number: the same number again and again, in no order, or never. */
final class IndexingCases {
  private IndexingCases() {}

  static Stream<OpCase> all() {
    return Stream.of(embedding(), indexSelect(), gather(), oneHot()).flatMap(cases -> cases);
  }

  /** Numbers below {@code n} that repeat and leave gaps. */
  private static int[] numbers(int count, int n) {
    int[] numbers = new int[count];
    Arrays.setAll(numbers, k -> (k * 7 + k * k % 11) % n);
    return numbers;
  }

  private static Tensor index(Tensor like, int[] numbers, int... shape) {
    return Constants.of(like, numbers, shape);
  }

  private static Stream<OpCase> embedding() {
    return Stream.of(
        embedding(1, 1, false, 1),
        embedding(4, 3, false, 0),
        embedding(4, 3, false),
        embedding(13, 33, false, 8, 32),
        embedding(13, 31, true, 5, 7),
        embedding(3, 2, true, 300),
        embedding(97, 128, true, 64, 31),
        embedding(5000, 5, false, 2, 129));
  }

  static OpCase embedding(int rows, int features, boolean padded, int... shape) {
    int[] numbers = numbers(Shape.of(shape).size(), rows);
    return OpCase.of("embedding", padded ? "padded" : "", shape)
        .input(rows, features)
        .forward(
            x ->
                padded
                    ? withoutPadding(x[0], index(x[0], numbers, shape))
                    : Embedding.apply(x[0], index(x[0], numbers, shape)))
        .oracle(
            x -> {
              double[] weight = x[0].clone();
              if (padded) {
                Arrays.fill(weight, (rows - 1) * features, rows * features, 0);
              }
              return taken(new Rows(1, rows, features), weight, numbers);
            });
  }

  /** The last row is padding: what it gives is taken off again, so that nothing depends on it. */
  private static Tensor withoutPadding(Tensor weight, Tensor ids) {
    float[] last = new float[weight.dim(0)];
    last[last.length - 1] = 1;
    Tensor padding = weight.detach().mul(Constants.of(weight, last, last.length, 1));
    return Embedding.apply(weight, ids, -1).sub(Embedding.apply(padding, ids));
  }

  private static double[] taken(Rows rows, double[] x, int[] numbers) {
    double[] y = new double[rows.outer() * numbers.length * rows.inner()];
    int at = 0;
    for (int o = 0; o < rows.outer(); o++) {
      for (int number : numbers) {
        for (int i = 0; i < rows.inner(); i++) {
          y[at++] = x[(o * rows.n() + number) * rows.inner() + i];
        }
      }
    }
    return y;
  }

  private static Stream<OpCase> indexSelect() {
    return Stream.of(
        indexSelect(0, 5, 7, 3),
        indexSelect(1, 9, 2, 4, 3),
        indexSelect(-1, 17, 3, 31),
        indexSelect(0, 33, 64),
        indexSelect(1, 0, 2, 3),
        indexSelect(2, 200, 2, 3, 5, 65));
  }

  static OpCase indexSelect(int dim, int count, int... shape) {
    Shape whole = Shape.of(shape);
    Rows rows = Rows.along(whole, whole.axis("index_select", dim));
    int[] numbers = numbers(count, rows.n());
    return OpCase.of("index_select", "dim", dim, "count", count)
        .input(shape)
        .forward(x -> x[0].indexSelect(dim, index(x[0], numbers, count)))
        .oracle(x -> taken(rows, x[0], numbers));
  }

  private static Stream<OpCase> gather() {
    return Stream.of(
        gather(0, new int[] {4, 5}, 3, 5),
        gather(1, new int[] {4, 5}, 4, 1),
        gather(1, new int[] {3, 4, 5}, 2, 6, 3),
        gather(-1, new int[] {7, 31}, 7, 65),
        gather(0, new int[] {19}, 200),
        gather(1, new int[] {2, 3}, 2, 0),
        gather(1, new int[] {2, 9, 1, 33}, 2, 17, 1, 33));
  }

  static OpCase gather(int dim, int[] shape, int... indexShape) {
    Shape whole = Shape.of(shape);
    int axis = whole.axis("gather", dim);
    int[] numbers = numbers(Shape.of(indexShape).size(), shape[axis]);
    int[] strides = whole.strides();
    int step = strides[axis];
    strides[axis] = 0;
    int[] places = Oracle.places(indexShape, strides);
    for (int i = 0; i < places.length; i++) {
      places[i] += numbers[i] * step;
    }
    return OpCase.of("gather", "dim", dim, "index", indexShape)
        .input(shape)
        .forward(x -> x[0].gather(dim, index(x[0], numbers, indexShape)))
        .oracle(x -> Arrays.stream(places).mapToDouble(at -> x[0][at]).toArray());
  }

  /** With a factor that has a gradient: the op itself has none. */
  private static Stream<OpCase> oneHot() {
    return Stream.of(oneHot(1, 1), oneHot(4, 5), oneHot(7, 2, 3), oneHot(3, 0), oneHot(65, 33));
  }

  private static OpCase oneHot(int classes, int... shape) {
    int[] numbers = numbers(Shape.of(shape).size(), classes);
    return OpCase.of("one_hot", classes, shape)
        .input(1)
        .forward(x -> index(x[0], numbers, shape).oneHot(classes).mul(x[0]))
        .oracle(
            x -> {
              double[] y = new double[numbers.length * classes];
              for (int k = 0; k < numbers.length; k++) {
                y[k * classes + numbers[k]] = x[0][0];
              }
              return y;
            });
  }
}
