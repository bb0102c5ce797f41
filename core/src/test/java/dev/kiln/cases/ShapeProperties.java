package dev.kiln.cases;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import dev.kiln.ops.Concat;
import dev.kiln.ops.Conv2dOptions;
import dev.kiln.ops.Pool2dOptions;
import dev.kiln.ops.Slice;
import dev.kiln.ops.Upsample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Ops on shapes that nobody chose: drawn at random, checked as every case is, and shrunk to the
 * smallest that fails. What does not fit is made to fit, never rejected: with few tries a run of
 * rejections would fail a property that holds. A backend's tests extend it with their device.
 */
public abstract class ShapeProperties {
  /** Small enough that the oracle and the finite differences take no time. */
  private static final int TRIES = 15;

  /** Checks a case on the device under test. */
  protected abstract void check(OpCase opCase);

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void matmul(
      @ForAll @IntRange(max = 70) int m,
      @ForAll @IntRange(max = 70) int n,
      @ForAll @IntRange(max = 70) int k,
      @ForAll @IntRange(max = 3) int transposes) {
    check(MatMulCases.product(m, n, k, transposes));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void batchedMatmul(
      @ForAll @IntRange(min = 1, max = 5) int batch,
      @ForAll @IntRange(min = 1, max = 20) int m,
      @ForAll @IntRange(min = 1, max = 20) int n,
      @ForAll @IntRange(min = 1, max = 20) int k,
      @ForAll boolean oneA,
      @ForAll @IntRange(max = 3) int transposes) {
    check(MatMulCases.batch(batch, m, n, k, oneA ? 1 : batch, batch, transposes));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void conv2d(
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll("sides") int[] sides,
      @ForAll("windows") int[] window,
      @ForAll @IntRange(min = 1, max = 3) int groups,
      @ForAll @IntRange(min = 1, max = 4) int groupIn,
      @ForAll @IntRange(min = 1, max = 9) int groupOut,
      @ForAll @IntRange(min = 1, max = 2) int dilation) {
    Conv2dOptions options =
        Conv2dOptions.DEFAULT
            .stride(window[2], window[3])
            .padding(window[4], window[5])
            .dilation(dilation)
            .groups(groups);
    int height = Math.min(window[0], (sides[0] + 2 * window[4] - 1) / dilation + 1);
    int width = Math.min(window[1], (sides[1] + 2 * window[5] - 1) / dilation + 1);
    check(
        ConvCases.conv(
            batch,
            groups * groupIn,
            sides[0],
            sides[1],
            groups * groupOut,
            height,
            width,
            options));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void pooling(
      @ForAll boolean max,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll("sides") int[] sides,
      @ForAll("windows") int[] window,
      @ForAll boolean ceil,
      @ForAll boolean countIncludePad) {
    int height = Math.min(window[0], sides[0]);
    int width = Math.min(window[1], sides[1]);
    // PyTorch's rule: a window's padding is at most half of it
    int down = Math.min(window[4], height / 2);
    int across = Math.min(window[5], width / 2);
    Pool2dOptions options =
        Pool2dOptions.of(height, width)
            .stride(window[2], window[3])
            .padding(down, across)
            .ceil(ceil)
            .countIncludePad(countIncludePad);
    check(PoolCases.pool(max, options, new int[] {batch, channels, sides[0], sides[1]}));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void alongADimension(@ForAll("shapes") int[] shape, @ForAll @IntRange(max = 3) int drawn) {
    int dim = drawn % shape.length;
    RowCases.along(shape, dim)
        // the largest of nothing is refused
        .filter(along -> shape[dim] > 0 || !along.op().equals("max"))
        .forEach(this::check);
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void broadcasting(@ForAll("shapes") int[] shape, @ForAll @IntRange(max = 255) int ones) {
    int[] a = shape.clone();
    int[] b = shape.clone();
    for (int i = 0; i < shape.length; i++) {
      a[i] = (ones >> 2 * i & 1) == 0 ? a[i] : 1;
      b[i] = (ones >> 2 * i & 2) == 0 ? b[i] : 1;
    }
    // an operand may also have fewer dimensions
    int[] shorter = b.length > 1 && b[0] == 1 ? Arrays.copyOfRange(b, 1, b.length) : b;
    int[][] pair = {a, shorter};
    check(ElementwiseCases.pair("add", pair, Tensor::add, (p, q) -> p + q));
    check(ElementwiseCases.pair("div", pair, Tensor::div, (p, q) -> p / q));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void permuting(@ForAll("shapes") int[] shape, @ForAll @IntRange(max = 23) int order) {
    List<Integer> dims = new ArrayList<>(IntStream.range(0, shape.length).boxed().toList());
    Collections.rotate(dims, order % 4);
    if (dims.size() > 1 && order / 4 % 2 == 1) {
      Collections.swap(dims, 0, 1);
    }
    check(MovementCases.permute(shape, dims.stream().mapToInt(d -> d).toArray()));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void slicing(
      @ForAll("shapes") int[] shape,
      @ForAll @IntRange(max = 9) int from,
      @ForAll @IntRange(min = 1, max = 3) int step) {
    int[] starts = Arrays.stream(shape).map(extent -> Math.min(from, extent)).toArray();
    int[] steps = Arrays.stream(shape).map(extent -> step).toArray();
    check(MovementCases.slice(shape, starts, shape, steps));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void recurrentLayers(
      @ForAll Cell cell,
      @ForAll @IntRange(min = 1, max = 6) int steps,
      @ForAll @IntRange(max = 5) int batch,
      @ForAll @IntRange(min = 1, max = 5) int in,
      @ForAll @IntRange(min = 1, max = 20) int hidden,
      @ForAll @IntRange(min = 1, max = 2) int layers,
      @ForAll @IntRange(max = 31) int options) {
    int[] lengths = null;
    if ((options & 16) != 0) {
      lengths = IntStream.range(0, batch).map(b -> 1 + b * 5 % steps).toArray();
    }
    check(
        RnnCases.layers(
            new RnnOracle(
                cell,
                steps,
                batch,
                in,
                hidden,
                layers,
                (options & 1) != 0,
                (options & 2) != 0,
                (options & 4) != 0,
                (options & 8) != 0,
                lengths)));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void whatIsCutIsWholeWhenJoined(
      @ForAll("shapes") int[] shape,
      @ForAll @IntRange(max = 3) int drawn,
      @ForAll @IntRange(max = 20) int cut) {
    int dim = drawn % shape.length;
    int at = Math.min(cut, shape[dim]);
    int[] zeros = new int[shape.length];
    int[] ones = Arrays.stream(shape).map(extent -> 1).toArray();
    int[] middleStop = shape.clone();
    middleStop[dim] = at;
    int[] middleStart = zeros.clone();
    middleStart[dim] = at;
    check(
        OpCase.of("concat", "of slices", dim, at)
            .input(shape)
            .forward(
                x ->
                    Concat.apply(
                        List.of(
                            Slice.apply(x[0], zeros, middleStop, ones),
                            Slice.apply(x[0], middleStart, shape, ones)),
                        dim)));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void padding(
      @ForAll("shapes") int[] shape,
      @ForAll @Size(8) List<@IntRange(min = -3, max = 3) Integer> drawn,
      @ForAll @IntRange(max = 4) int pairs) {
    int count = Math.min(pairs, shape.length);
    int[] amounts = new int[2 * count];
    for (int i = 0; i < amounts.length; i++) {
      // what is taken away is there
      int extent = shape[shape.length - 1 - i / 2];
      amounts[i] = Math.max(drawn.get(i), -(extent / 2));
    }
    check(LayoutCases.pad(shape, 0.5f, amounts));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void elementsByNumber(
      @ForAll("shapes") int[] shape,
      @ForAll @IntRange(max = 3) int dim,
      @ForAll @IntRange(max = 70) int count) {
    int along = dim % shape.length;
    int[] x = shape.clone();
    x[along] = Math.max(1, x[along]);
    check(IndexingCases.indexSelect(along, count, x));
    int[] index = x.clone();
    index[along] = count;
    check(IndexingCases.gather(along, x, index));
    check(IndexingCases.embedding(x[along], x[0], false, count));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void transposedConvolution(
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll("sides") int[] sides,
      @ForAll("windows") int[] window,
      @ForAll @IntRange(min = 1, max = 3) int groups,
      @ForAll @IntRange(min = 1, max = 9) int groupIn,
      @ForAll @IntRange(min = 1, max = 4) int groupOut,
      @ForAll @IntRange(min = 1, max = 3) int dilation,
      @ForAll @IntRange(max = 2) int more) {
    int down = Math.min(more, Math.max(window[2], dilation) - 1);
    int across = Math.min(more, Math.max(window[3], dilation) - 1);
    int reachDown = (sides[0] - 1) * window[2] + dilation * (window[0] - 1) + 1 + down;
    int reachAcross = (sides[1] - 1) * window[3] + dilation * (window[1] - 1) + 1 + across;
    int paddingDown = Math.min(window[4], (reachDown - 1) / 2);
    int paddingAcross = Math.min(window[5], (reachAcross - 1) / 2);
    check(
        ImageCases.transposed(
            new int[] {batch, groups * groupIn, sides[0], sides[1]},
            new int[] {groups * groupIn, groupOut, window[0], window[1]},
            Conv2dOptions.DEFAULT
                .stride(window[2], window[3])
                .padding(paddingDown, paddingAcross)
                .dilation(dilation)
                .groups(groups),
            down,
            across));
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void otherSizes(
      @ForAll Upsample.Mode mode,
      @ForAll @IntRange(min = 1, max = 3) int planes,
      @ForAll("sides") int[] sides,
      @ForAll("sides") int[] wanted) {
    int[] shape = {1, planes, sides[0], sides[1]};
    check(ImageCases.upsample(mode, shape, wanted[0], wanted[1]));
    check(ImageCases.adaptive(shape, wanted[0], wanted[1]));
  }

  /** One to four dimensions, some of them empty. */
  @Provide
  Arbitrary<int[]> shapes() {
    return Arbitraries.integers()
        .between(0, 19)
        .array(int[].class)
        .ofMinSize(1)
        .ofMaxSize(4)
        .filter(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b) <= 4000);
  }

  /** Height and width of an image. */
  @Provide
  Arbitrary<int[]> sides() {
    return Arbitraries.integers().between(1, 17).array(int[].class).ofSize(2);
  }

  /** Kernel, stride and padding, each down and across. */
  @Provide
  Arbitrary<int[]> windows() {
    Arbitrary<Integer> kernel = Arbitraries.integers().between(1, 5);
    Arbitrary<Integer> stride = Arbitraries.integers().between(1, 3);
    Arbitrary<Integer> padding = Arbitraries.integers().between(0, 2);
    return Combinators.combine(kernel, kernel, stride, stride, padding, padding)
        .as((a, b, c, d, e, f) -> new int[] {a, b, c, d, e, f});
  }
}
