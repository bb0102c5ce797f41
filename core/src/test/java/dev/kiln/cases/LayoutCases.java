package dev.kiln.cases;

import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.ops.Pad;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Padding, repeating, turning, cutting and joining again. */
final class LayoutCases {
  private LayoutCases() {}

  static Stream<OpCase> all() {
    return Stream.of(pad(), expand(), repeat(), flip(), split(), squeeze(), stack())
        .flatMap(cases -> cases);
  }

  private static Stream<OpCase> pad() {
    return Stream.of(
        pad(new int[] {3, 4}, 0, 1, 2),
        pad(new int[] {2, 6}, 1.5f, -1, 2),
        pad(new int[] {2, 3, 4}, -1.5f, 0, 1, 2, 0),
        pad(new int[] {1, 2, 5, 3}, 0, 2, 2, 1, 1),
        pad(new int[] {7}, 2, -3, -4),
        pad(new int[] {5}, 2, -6, 4),
        pad(new int[] {0, 3}, 3, 1, 0, 2, 1),
        pad(new int[] {3, 5}, 0),
        pad(new int[] {2, 3, 31, 33}, 0.5f, 1, -1, -2, 3, 0, 0, 1, 0));
  }

  static OpCase pad(int[] shape, float value, int... amounts) {
    int[] extents = shape.clone();
    int[] before = new int[shape.length];
    for (int i = 0; i < amounts.length / 2; i++) {
      int axis = shape.length - 1 - i;
      extents[axis] += amounts[2 * i] + amounts[2 * i + 1];
      before[axis] = amounts[2 * i];
    }
    int[] own = Shape.of(shape).strides();
    return OpCase.of("pad", value, amounts)
        .input(shape)
        .forward(x -> Pad.apply(x[0], value, amounts))
        .oracle(
            x -> {
              double[] y = new double[Shape.of(extents).size()];
              int[] at = new int[extents.length];
              for (int i = 0; i < y.length; i++) {
                int rest = i;
                int place = 0;
                boolean inside = true;
                for (int d = extents.length - 1; d >= 0; d--) {
                  at[d] = rest % extents[d] - before[d];
                  rest /= extents[d];
                  inside &= at[d] >= 0 && at[d] < shape[d];
                  place += at[d] * own[d];
                }
                y[i] = inside ? x[0][place] : value;
              }
              return y;
            });
  }

  private static double[] read(double[] x, int offset, int[] extents, int[] strides) {
    return Arrays.stream(Oracle.places(extents, strides))
        .mapToDouble(at -> x[offset + at])
        .toArray();
  }

  private static Stream<OpCase> expand() {
    return Stream.of(
        OpCase.of("expand", "rows")
            .input(3, 1)
            .forward(x -> x[0].expand(-1, 33))
            .oracle(x -> read(x[0], 0, new int[] {3, 33}, new int[] {1, 0})),
        OpCase.of("expand", "new dimensions")
            .input(2, 1, 3)
            .forward(x -> x[0].expand(5, 2, 4, -1))
            .oracle(x -> read(x[0], 0, new int[] {5, 2, 4, 3}, new int[] {0, 3, 0, 1})),
        OpCase.of("expand", "to nothing")
            .input(1, 3)
            .forward(x -> x[0].expand(0, 3))
            .oracle(x -> new double[0]));
  }

  private static Stream<OpCase> repeat() {
    return Stream.of(
        OpCase.of("repeat", "a row")
            .input(3)
            .forward(x -> x[0].repeat(4))
            .oracle(x -> read(x[0], 0, new int[] {4, 3}, new int[] {0, 1})),
        OpCase.of("repeat", "both and a new one")
            .input(2, 3)
            .forward(x -> x[0].repeat(3, 2, 5))
            .oracle(x -> read(x[0], 0, new int[] {3, 2, 2, 5, 3}, new int[] {0, 0, 3, 0, 1})),
        OpCase.of("repeat", "none")
            .input(2, 3)
            .forward(x -> x[0].repeat(1, 0))
            .oracle(x -> new double[0]));
  }

  private static Stream<OpCase> flip() {
    return Stream.of(
        OpCase.of("flip", "last")
            .input(3, 5)
            .forward(x -> x[0].flip(-1))
            .oracle(x -> read(x[0], 4, new int[] {3, 5}, new int[] {5, -1})),
        OpCase.of("flip", "first and last")
            .input(3, 2, 17)
            .forward(x -> x[0].flip(0, 2))
            .oracle(x -> read(x[0], 2 * 34 + 16, new int[] {3, 2, 17}, new int[] {-34, 17, -1})),
        OpCase.of("flip", "nothing").input(0, 3).forward(x -> x[0].flip(0)));
  }

  /** Cut and joined in another order, and cut with a part that nothing depends on. */
  private static Stream<OpCase> split() {
    return Stream.of(
        OpCase.of("split", "sizes 2, 2, 1")
            .input(3, 5, 2)
            .forward(x -> reversed(x[0].split(2, 1), 1))
            .oracle(
                x -> {
                  double[] y = new double[30];
                  int[] columns = {4, 2, 3, 0, 1};
                  for (int i = 0; i < 30; i++) {
                    y[i] = x[0][i / 10 * 10 + columns[i / 2 % 5] * 2 + i % 2];
                  }
                  return y;
                }),
        OpCase.of("chunk", "the first of three")
            .input(7, 33)
            .forward(x -> x[0].chunk(3, 0).get(0))
            .oracle(x -> Arrays.copyOf(x[0], 3 * 33)),
        OpCase.of("chunk", "the last of four columns")
            .input(2, 4)
            .forward(x -> x[0].chunk(4, -1).get(3))
            .oracle(x -> new double[] {x[0][3], x[0][7]}),
        OpCase.of("split", "of nothing").input(0, 3).forward(x -> x[0].split(2, 0).get(0)));
  }

  private static Tensor reversed(List<Tensor> parts, int dim) {
    Tensor[] turned = new Tensor[parts.size()];
    Arrays.setAll(turned, i -> parts.get(parts.size() - 1 - i));
    return Tensor.cat(List.of(turned), dim);
  }

  private static Stream<OpCase> squeeze() {
    return Stream.of(
        OpCase.of("squeeze", "all").input(1, 3, 1, 2).forward(x -> x[0].squeeze()),
        OpCase.of("squeeze", "one").input(3, 1, 2).forward(x -> x[0].squeeze(1)),
        OpCase.of("unsqueeze", "last").input(3, 2).forward(x -> x[0].unsqueeze(-1)));
  }

  private static Stream<OpCase> stack() {
    return Stream.of(
        OpCase.of("stack", "dim 1")
            .input(2, 3)
            .input(2, 3)
            .forward(x -> Tensor.stack(List.of(x), 1))
            .oracle(
                x -> {
                  double[] y = new double[12];
                  Arrays.setAll(y, i -> x[i / 3 % 2][i / 6 * 3 + i % 3]);
                  return y;
                }),
        OpCase.of("stack", "last")
            .input(3)
            .input(3)
            .forward(x -> Tensor.stack(List.of(x), -1))
            .oracle(
                x -> {
                  double[] y = new double[6];
                  Arrays.setAll(y, i -> x[i % 2][i / 2]);
                  return y;
                }));
  }
}
