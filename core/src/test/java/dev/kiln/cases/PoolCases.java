package dev.kiln.cases;

import dev.kiln.backend.Pool2dSpec;
import dev.kiln.ops.Pool1d;
import dev.kiln.ops.Pool1dOptions;
import dev.kiln.ops.Pool2d;
import dev.kiln.ops.Pool2dOptions;
import java.util.stream.Stream;

/** Pooling with windows that meet, leave gaps, overlap and hang over the edge. */
final class PoolCases {
  private PoolCases() {}

  static Stream<OpCase> all() {
    return Stream.concat(images(), signals());
  }

  private static Stream<OpCase> images() {
    return Stream.of(
            Pool2dOptions.of(1),
            Pool2dOptions.of(2),
            Pool2dOptions.of(2).ceil(true),
            Pool2dOptions.of(2).stride(3),
            Pool2dOptions.of(3).stride(1).padding(1),
            Pool2dOptions.of(3).stride(2).padding(1),
            Pool2dOptions.of(3).stride(2).padding(1).ceil(true),
            Pool2dOptions.of(3).stride(2).padding(1).ceil(true).countIncludePad(false),
            Pool2dOptions.of(3, 2).stride(2, 1).padding(1, 0).countIncludePad(false),
            Pool2dOptions.of(5).stride(1).padding(2))
        .flatMap(
            o ->
                Stream.of(
                        new int[] {1, 1, 5, 5},
                        new int[] {2, 3, 7, 6},
                        new int[] {1, 2, 13, 11},
                        new int[] {3, 4, 14, 14},
                        new int[] {0, 2, 6, 6})
                    .flatMap(s -> Stream.of(pool(true, o, s), pool(false, o, s))));
  }

  private static Stream<OpCase> signals() {
    return Stream.of(
            Pool1dOptions.of(1),
            Pool1dOptions.of(2).ceil(true),
            Pool1dOptions.of(2).stride(3),
            Pool1dOptions.of(3).stride(1).padding(1),
            Pool1dOptions.of(3).stride(2).padding(1).ceil(true),
            Pool1dOptions.of(4).stride(3).padding(2).ceil(true).countIncludePad(false))
        .flatMap(
            o ->
                Stream.of(new int[] {1, 1, 5}, new int[] {2, 3, 14}, new int[] {0, 2, 6})
                    .flatMap(s -> Stream.of(signal(true, o, s), signal(false, o, s))));
  }

  private static OpCase signal(boolean max, Pool1dOptions o, int[] s) {
    Pool2dSpec spec =
        new Pool2dSpec(
            s[0] * s[1],
            1,
            s[2],
            1,
            out(s[2], o.kernel(), o.stride(), o.padding(), o.ceil()),
            1,
            o.kernel(),
            1,
            o.stride(),
            0,
            o.padding(),
            o.countIncludePad());
    return OpCase.of(max ? "max_pool1d" : "avg_pool1d", o)
        .input(OpCase.Values.DISTINCT, s)
        .forward(x -> max ? Pool1d.max(x[0], o) : Pool1d.average(x[0], o))
        .oracle(x -> Oracle.pool(spec, max, x[0]));
  }

  static OpCase pool(boolean max, Pool2dOptions o, int[] s) {
    Pool2dSpec spec =
        new Pool2dSpec(
            s[0] * s[1],
            s[2],
            s[3],
            out(s[2], o.kernelHeight(), o.strideHeight(), o.paddingHeight(), o.ceil()),
            out(s[3], o.kernelWidth(), o.strideWidth(), o.paddingWidth(), o.ceil()),
            o.kernelHeight(),
            o.kernelWidth(),
            o.strideHeight(),
            o.strideWidth(),
            o.paddingHeight(),
            o.paddingWidth(),
            o.countIncludePad());
    String what =
        "k"
            + o.kernelHeight()
            + "x"
            + o.kernelWidth()
            + " s"
            + o.strideHeight()
            + " p"
            + o.paddingHeight()
            + (o.ceil() ? " ceil" : "")
            + (o.countIncludePad() ? "" : " nopad");
    return OpCase.of(max ? "max_pool2d" : "avg_pool2d", what)
        .input(OpCase.Values.DISTINCT, s)
        .forward(x -> max ? Pool2d.max(x[0], o) : Pool2d.average(x[0], o))
        .oracle(x -> Oracle.pool(spec, max, x[0]));
  }

  /** Counts the windows one by one. */
  private static int out(int in, int kernel, int stride, int padding, boolean ceil) {
    int windows = 0;
    for (int start = -padding; ; start += stride) {
      boolean whole = start + kernel <= in + padding;
      boolean begins = start < in && start < in + padding;
      if (!(whole || ceil && begins && start - stride + kernel < in + padding)) {
        return windows;
      }
      windows++;
    }
  }
}
