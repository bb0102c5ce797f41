package dev.kiln.cases;

import dev.kiln.backend.Conv2dSpec;
import dev.kiln.ops.Conv2d;
import dev.kiln.ops.Conv2dOptions;
import java.util.stream.Stream;

/** Convolutions: MNIST's own, and every combination of stride, padding, dilation and groups. */
final class ConvCases {
  private static final Conv2dOptions PLAIN = Conv2dOptions.DEFAULT;

  private ConvCases() {}

  static Stream<OpCase> all() {
    return Stream.of(
        conv(1, 1, 1, 1, 1, 1, 1, PLAIN),
        conv(2, 1, 28, 28, 10, 5, 5, PLAIN),
        conv(2, 1, 28, 28, 32, 3, 3, PLAIN.padding(1)),
        conv(3, 32, 14, 14, 64, 3, 3, PLAIN.padding(1)),
        conv(2, 3, 9, 7, 4, 3, 3, PLAIN),
        conv(2, 3, 9, 7, 4, 3, 3, PLAIN.padding(1)),
        conv(1, 2, 5, 5, 3, 3, 3, PLAIN.padding(2)),
        conv(2, 3, 11, 13, 5, 3, 3, PLAIN.stride(2)),
        conv(2, 3, 12, 12, 5, 3, 3, PLAIN.stride(2).padding(1)),
        conv(1, 2, 14, 15, 3, 2, 5, PLAIN.stride(2, 3)),
        conv(2, 2, 13, 13, 3, 3, 3, PLAIN.dilation(2)),
        conv(2, 2, 13, 12, 3, 3, 3, PLAIN.dilation(2, 1).stride(1, 2).padding(2, 1)),
        conv(1, 3, 17, 17, 4, 7, 7, PLAIN.stride(2).padding(3)),
        conv(3, 5, 6, 7, 8, 1, 1, PLAIN),
        conv(2, 5, 6, 7, 8, 1, 1, PLAIN.stride(2)),
        conv(2, 4, 1, 1, 3, 1, 1, PLAIN),
        conv(2, 4, 8, 8, 6, 3, 3, PLAIN.padding(1).groups(2)),
        conv(2, 6, 8, 9, 6, 3, 3, PLAIN.padding(1).groups(6)),
        conv(2, 4, 9, 9, 8, 3, 3, PLAIN.stride(2).padding(1).groups(4)),
        conv(2, 6, 10, 7, 9, 3, 2, PLAIN.stride(2, 1).padding(1).dilation(1, 2).groups(3)),
        conv(2, 5, 13, 11, 7, 4, 4, PLAIN.stride(2).padding(1)),
        conv(2, 5, 13, 11, 7, 3, 5, PLAIN.stride(3, 2).padding(1, 2).dilation(2, 3)),
        conv(1, 4, 12, 9, 6, 2, 3, PLAIN.stride(4).dilation(2)),
        conv(1, 20, 12, 11, 18, 3, 3, PLAIN.stride(3, 2).padding(1).dilation(2, 3)),
        conv(2, 6, 11, 11, 5, 1, 1, PLAIN.stride(3)),
        conv(1, 40, 15, 14, 33, 3, 3, PLAIN.stride(2).padding(1)),
        conv(3, 17, 28, 28, 17, 3, 3, PLAIN.padding(1).groups(17)),
        conv(2, 6, 15, 14, 12, 3, 3, PLAIN.stride(2).padding(1).groups(6)),
        conv(2, 5, 9, 33, 5, 5, 2, PLAIN.stride(1, 3).padding(2, 1).dilation(2, 1).groups(5)),
        conv(2, 9, 7, 8, 6, 3, 3, PLAIN.stride(2).padding(1).groups(3)),
        conv(2, 8, 9, 7, 16, 3, 3, PLAIN.padding(1).groups(2)),
        conv(1, 3, 5, 6, 2, 5, 6, PLAIN),
        conv(1, 3, 6, 1, 4, 3, 1, PLAIN),
        conv(0, 3, 6, 6, 4, 3, 3, PLAIN),
        conv(2, 3, 1, 1, 2, 3, 3, PLAIN.padding(1)),
        conv(3, 5, 7, 13, 7, 3, 3, PLAIN.padding(2, 0)),
        conv(1, 22, 3, 3, 2, 3, 3, PLAIN.padding(1)),
        conv(1, 4, 3, 3, 20, 3, 3, PLAIN.padding(1)),
        conv(1, 17, 9, 9, 19, 3, 3, PLAIN.padding(1)),
        conv(1, 88, 12, 12, 20, 5, 5, PLAIN),
        conv(35, 3, 7, 7, 5, 3, 3, PLAIN.padding(1)),
        conv(37, 2, 4, 4, 6, 5, 5, PLAIN.padding(2)),
        conv(33, 4, 3, 5, 6, 1, 1, PLAIN),
        conv(1, 2, 1, 141, 5, 1, 7, PLAIN.padding(0, 3)),
        conv(1, 3, 2, 135, 4, 2, 3, PLAIN.padding(1).stride(1, 2)),
        conv(5, 33, 8, 8, 65, 3, 3, PLAIN.padding(1)),
        conv(2, 9, 6, 17, 11, 5, 3, PLAIN.padding(2, 1)),
        conv(2, 16, 7, 19, 24, 3, 5, PLAIN.padding(1).groups(2)));
  }

  static Conv2dSpec spec(int n, int in, int h, int w, int out, int kh, int kw, Conv2dOptions o) {
    return new Conv2dSpec(
        n,
        in,
        h,
        w,
        out,
        (h + 2 * o.paddingHeight() - o.dilationHeight() * (kh - 1) - 1) / o.strideHeight() + 1,
        (w + 2 * o.paddingWidth() - o.dilationWidth() * (kw - 1) - 1) / o.strideWidth() + 1,
        kh,
        kw,
        o.strideHeight(),
        o.strideWidth(),
        o.paddingHeight(),
        o.paddingWidth(),
        o.dilationHeight(),
        o.dilationWidth(),
        o.groups());
  }

  static OpCase conv(int n, int in, int h, int w, int out, int kh, int kw, Conv2dOptions o) {
    Conv2dSpec spec = spec(n, in, h, w, out, kh, kw, o);
    return OpCase.of(
            "conv2d",
            "s" + o.strideHeight() + "x" + o.strideWidth(),
            "p" + o.paddingHeight() + "x" + o.paddingWidth(),
            "d" + o.dilationHeight() + "x" + o.dilationWidth(),
            "g" + o.groups())
        .input(n, in, h, w)
        .input(out, in / o.groups(), kh, kw)
        .input(out)
        .forward(x -> Conv2d.apply(x[0], x[1], x[2], o))
        .oracle(x -> Oracle.conv2d(spec, x[0], x[1], x[2]))
        .flops(spec.flops());
  }
}
