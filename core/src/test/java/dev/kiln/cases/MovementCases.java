package dev.kiln.cases;

import dev.kiln.Shape;
import dev.kiln.ops.Concat;
import dev.kiln.ops.Slice;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What moves elements and changes none. */
final class MovementCases {
  private MovementCases() {}

  static Stream<OpCase> all() {
    return Stream.of(reshape(), slice(), concat(), permute()).flatMap(cases -> cases);
  }

  private static Stream<OpCase> reshape() {
    return Stream.of(
        OpCase.of("reshape", "to 3x8").input(6, 4).forward(x -> x[0].reshape(3, 8)),
        OpCase.of("reshape", "to 2x-1").input(2, 3, 4).forward(x -> x[0].reshape(2, -1)),
        OpCase.of("reshape", "of nothing").input(0, 4).forward(x -> x[0].reshape(2, 0)),
        OpCase.of("flatten").input(2, 3, 4, 5).forward(x -> x[0].flatten(1)));
  }

  private static Stream<OpCase> slice() {
    return Stream.of(
        slice(new int[] {10, 7}, new int[] {2, 0}, new int[] {9, 7}, new int[] {1, 1}),
        slice(new int[] {64, 32}, new int[] {32, 0}, new int[] {64, 32}, new int[] {1, 1}),
        slice(new int[] {10, 7}, new int[] {0, 1}, new int[] {10, 6}, new int[] {1, 1}),
        slice(new int[] {9, 8}, new int[] {1, 0}, new int[] {9, 8}, new int[] {3, 2}),
        slice(new int[] {5}, new int[] {2}, new int[] {2}, new int[] {1}),
        slice(
            new int[] {3, 4, 5, 6},
            new int[] {1, 0, 2, 1},
            new int[] {3, 4, 5, 5},
            new int[] {1, 2, 1, 1}));
  }

  static OpCase slice(int[] shape, int[] starts, int[] stops, int[] steps) {
    int[] own = Shape.of(shape).strides();
    int[] extents = new int[shape.length];
    int[] strides = new int[shape.length];
    int offset = 0;
    for (int i = 0; i < shape.length; i++) {
      extents[i] = (stops[i] - starts[i] + steps[i] - 1) / steps[i];
      strides[i] = own[i] * steps[i];
      offset += starts[i] * own[i];
    }
    int start = offset;
    return OpCase.of("slice", starts, stops, steps)
        .input(shape)
        .forward(x -> Slice.apply(x[0], starts, stops, steps))
        .oracle(
            x ->
                Arrays.stream(Oracle.places(extents, strides))
                    .mapToDouble(at -> x[0][start + at])
                    .toArray());
  }

  private static Stream<OpCase> concat() {
    return Stream.of(
        OpCase.of("concat", "dim 0")
            .input(2, 3)
            .input(4, 3)
            .forward(x -> Concat.apply(List.of(x), 0))
            .oracle(x -> joined(1, x)),
        OpCase.of("concat", "dim 1, one empty")
            .input(2, 3)
            .input(2, 0)
            .input(2, 2)
            .forward(x -> Concat.apply(List.of(x), 1))
            .oracle(x -> joined(2, x)),
        OpCase.of("concat", "channels")
            .input(2, 16, 4, 3)
            .input(2, 24, 4, 3)
            .input(2, 1, 4, 3)
            .forward(x -> Concat.apply(List.of(x), 1))
            .oracle(x -> joined(2, x)));
  }

  static double[] joined(int outer, double[]... parts) {
    int size = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    double[] y = new double[size];
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (double[] part : parts) {
        int run = part.length / outer;
        System.arraycopy(part, o * run, y, at, run);
        at += run;
      }
    }
    return y;
  }

  private static Stream<OpCase> permute() {
    return Stream.of(
        permute(new int[] {3, 5}, 1, 0),
        permute(new int[] {33, 17}, 1, 0),
        permute(new int[] {2, 3, 4}, 2, 0, 1),
        permute(new int[] {2, 3, 4, 5}, 0, 2, 3, 1),
        permute(new int[] {2, 1, 3, 2, 1, 2, 3, 2}, 7, 3, 1, 5, 0, 2, 6, 4));
  }

  static OpCase permute(int[] shape, int... dims) {
    int[] own = Shape.of(shape).strides();
    int[] extents = Arrays.stream(dims).map(d -> shape[d]).toArray();
    int[] strides = Arrays.stream(dims).map(d -> own[d]).toArray();
    return OpCase.of("permute", dims)
        .input(shape)
        .forward(x -> x[0].permute(dims))
        .oracle(
            x ->
                Arrays.stream(Oracle.places(extents, strides))
                    .mapToDouble(at -> x[0][at])
                    .toArray());
  }
}
