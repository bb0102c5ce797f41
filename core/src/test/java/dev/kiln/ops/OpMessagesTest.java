package dev.kiln.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.backend.Unary;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Bad input names the op, the shapes and what would fit. */
class OpMessagesTest {
  private static final Device DEVICE = Device.open("cpu");

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static Tensor t(int... shape) {
    return Tensor.zeros(DEVICE, shape);
  }

  private static AbstractThrowableAssert<?, ?> refused(ThrowingCallable op) {
    return assertThatThrownBy(op).isInstanceOf(ShapeException.class);
  }

  @Test
  void matmul() {
    refused(() -> t(2, 3).matmul(t(4, 5)))
        .hasMessage(
            "matmul: [2, 3] has 3 columns but [4, 5] has 4 rows; they must be equal ([..., m, k]"
                + " times [..., k, n])");
    refused(() -> t(2, 3).matmul(t(4, 3), true, true)).hasMessageContaining("[2, 3] transposed");
    refused(() -> t(2, 2, 3).matmul(t(3, 3, 4))).hasMessageContaining("do not broadcast");
    refused(() -> t().matmul(t(3))).hasMessageContaining("a scalar has no rows");
    refused(() -> t(3).matmul(t(3), true, false)).hasMessageContaining("cannot be transposed");
  }

  @Test
  void linear() {
    refused(() -> Linear.apply(t(8, 5), t(3, 4), null))
        .hasMessage(
            "linear: the input [8, 5] should end in 4 features (weight [3, 4] = [out, in])");
    refused(() -> Linear.apply(t(8, 4), t(3, 4), t(4)))
        .hasMessageContaining("the bias [4] should be [3]");
  }

  @Test
  void residual() {
    refused(() -> Linear.apply(t(8, 4), t(3, 4), null, t(3), Unary.RELU))
        .hasMessage(
            "linear: the residual [3] should be [8, 3], the shape of what it is added to (input [8,"
                + " 4], weight [3, 4]); use add, which broadcasts, on the result");
    refused(
            () ->
                Conv2d.apply(
                    t(2, 3, 9, 9), t(4, 3, 3, 3), null, Conv2dOptions.DEFAULT, t(2, 4, 9, 9), null))
        .hasMessage(
            "conv2d: the residual [2, 4, 9, 9] should be [2, 4, 7, 7], the shape of what it is"
                + " added to (input [2, 3, 9, 9], weight [4, 3, 3, 3]); use add, which broadcasts,"
                + " on the result");
  }

  @Test
  void conv2d() {
    refused(() -> Conv2d.apply(t(8, 3, 28, 28), t(16, 4, 5, 5), null, Conv2dOptions.DEFAULT))
        .hasMessage(
            "conv2d: the input has 3 channels but the weight wants 4 (weight [16, 4, 5, 5] = [out,"
                + " in / groups, kh, kw], groups 1, input [8, 3, 28, 28])");
    refused(() -> Conv2d.apply(t(1, 1, 4, 4), t(1, 1, 5, 5), null, Conv2dOptions.DEFAULT))
        .hasMessageContaining("does not fit into the input [1, 1, 4, 4]")
        .hasMessageContaining("use more padding or a smaller kernel");
    refused(() -> Conv2d.apply(t(1, 4, 4, 4), t(3, 2, 1, 1), null, grouped(2)))
        .hasMessageContaining("3 outputs do not divide into 2 groups");
    refused(() -> Conv2d.apply(t(3, 4, 4), t(3, 3, 1, 1), null, Conv2dOptions.DEFAULT))
        .hasMessageContaining("the input [3, 4, 4] should be [n, in, h, w]");
    refused(() -> Conv2d.apply(t(1, 1, 4, 4), t(2, 1, 1, 1), t(3), Conv2dOptions.DEFAULT))
        .hasMessageContaining("the bias [3] should be [2]");
    assertThatThrownBy(() -> Conv2dOptions.DEFAULT.stride(0)).hasMessageContaining("stride (0, 0)");
  }

  private static Conv2dOptions grouped(int groups) {
    return Conv2dOptions.DEFAULT.groups(groups);
  }

  @Test
  void pooling() {
    refused(() -> Pool2d.max(t(1, 1, 2, 2), Pool2dOptions.of(3)))
        .hasMessageContaining("max_pool2d: the kernel (3, 3) does not fit");
    refused(() -> Pool2d.average(t(2, 2), Pool2dOptions.of(3)))
        .hasMessageContaining("avg_pool2d: the input [2, 2] should be [n, c, h, w]");
    assertThatThrownBy(() -> Pool2dOptions.of(3).padding(2))
        .hasMessageContaining("half the kernel");
    refused(() -> Pool1d.max(t(1, 1, 4), Pool1dOptions.of(7).padding(1)))
        .hasMessage(
            "max_pool1d: the kernel 7 does not fit into the input [1, 1, 4] with padding 1");
    refused(() -> Pool1d.average(t(2, 2), Pool1dOptions.of(2)))
        .hasMessageContaining("avg_pool1d: the input [2, 2] should be [n, c, length]");
    assertThatThrownBy(() -> Pool1dOptions.of(3).padding(2))
        .hasMessageContaining("half the kernel, not 2 for kernel 3");
  }

  @Test
  void batchNorm() {
    refused(() -> BatchNorm.train(t(1, 3), null, null, null, null, 0.1f, 1e-5f))
        .hasMessageContaining("batch_norm: [1, 3] has one value a channel")
        .hasMessageContaining("eval()");
    refused(() -> BatchNorm.eval(t(2, 3, 4, 4), t(4), null, t(3), t(3), 1e-5f))
        .hasMessageContaining("should be [3]")
        .hasMessageContaining("not [4]");
  }

  @Test
  void labels() {
    Tensor logits = t(4, 10);
    Tensor bad = Tensor.of(DEVICE, new int[] {1, 2, 10, 0}, 4);
    assertThatThrownBy(() -> loss(logits, bad))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(
            "cross_entropy: target[2] = 10 is not a class: the logits [4, 10] have classes 0 to 9"
                + " (ignore_index -100)");
    Tensor negative = Tensor.of(DEVICE, new int[] {1, -1, -100, 0}, 4);
    assertThatThrownBy(() -> loss(logits, negative)).hasMessageContaining("target[1] = -1");
    loss(logits, Tensor.of(DEVICE, new int[] {1, -100, 9, 0}, 4));
    refused(() -> loss(logits, Tensor.of(DEVICE, new int[3], 3)))
        .hasMessageContaining("target int32 [3] should be int32 [4]");
    refused(() -> loss(logits, t(4))).hasMessageContaining("target float32 [4]");
    assertThatThrownBy(() -> new CrossEntropy.Options(-100, 1.5f, Reduction.MEAN))
        .hasMessageContaining("from 0 to 1, not 1.5");
  }

  private static Tensor loss(Tensor logits, Tensor target) {
    return CrossEntropy.apply(logits, target, null, CrossEntropy.Options.DEFAULT);
  }

  @Test
  void labelsOfASliceAreJudgedByTheirOwnValues() {
    Tensor labels = Tensor.of(DEVICE, new int[] {99, 1, 2}, 3);
    loss(t(2, 10), labels.slice(0, 1, 3));
    assertThatThrownBy(() -> loss(t(2, 10), labels.slice(0, 0, 2)))
        .hasMessageContaining("target[0] = 99");
  }

  @Test
  void movement() {
    refused(() -> t(2, 3).reshape(4, 2))
        .hasMessageContaining("reshape: [2, 3] of 6 elements does not fit into [4, 2]");
    refused(() -> t(2, 3).reshape(-1, 4)).hasMessageContaining("[-1, 4]");
    refused(() -> t(2, 3).reshape(-1, -1)).hasMessageContaining("[-1, -1]");
    refused(() -> Concat.apply(List.of(t(2, 3), t(3, 4)), 0))
        .hasMessageContaining("float32 [2, 3] and float32 [3, 4] should differ in dimension 0");
    refused(() -> Concat.apply(List.of(), 0)).hasMessageContaining("nothing to join");
    refused(() -> t(2, 3).permute(0, 0)).hasMessageContaining("[0, 0] should name each");
    refused(() -> Slice.apply(t(4), new int[1], new int[] {4}, new int[] {0}))
        .hasMessageContaining("steps are 1 or more");
  }

  @Test
  void reductions() {
    refused(() -> t(2, 3).sum(0, 0)).hasMessageContaining("named more than once");
    refused(() -> t(2, 3).softmax(2)).hasMessageContaining("softmax: [2, 3] has no dimension 2");
    refused(() -> t(2, 0).max(1)).hasMessageContaining("is empty and has no largest element");
  }

  @Test
  void dropout() {
    assertThatThrownBy(() -> Dropout.apply(t(2), 1.5f, new Generator(0)))
        .hasMessage("dropout: the probability is from 0 to 1, not 1.5");
  }

  private static Tensor ids(int... values) {
    return Tensor.of(DEVICE, values, values.length);
  }

  private static AbstractThrowableAssert<?, ?> outOfRange(ThrowingCallable op) {
    return assertThatThrownBy(op).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void embedding() {
    outOfRange(() -> Embedding.apply(t(10, 4), ids(1, 10, 2)))
        .hasMessage(
            "embedding: index[1] = 10 is not a row of the weight [10, 4]: there are 0 to 9");
    outOfRange(() -> Embedding.apply(t(10, 4), Tensor.of(DEVICE, new int[] {1, 2, -1, 0}, 2, 2)))
        .hasMessageContaining("index[1, 0] = -1");
    outOfRange(() -> Embedding.apply(t(10, 4), ids(1), 10))
        .hasMessageContaining("padding_idx 10 is not a row of the weight [10, 4]");
    outOfRange(() -> Embedding.apply(t(0, 4), ids(0))).hasMessageContaining("which has none");
    refused(() -> Embedding.apply(t(10), ids(1)))
        .hasMessageContaining("the weight [10] should be [rows, features]");
    assertThatThrownBy(() -> Embedding.apply(t(10, 4), t(3)))
        .hasMessageContaining("should be int32");
  }

  @Test
  void indexSelect() {
    outOfRange(() -> t(2, 3).indexSelect(1, ids(0, 3)))
        .hasMessage(
            "index_select: index[1] = 3 is not in dimension 1 of the input [2, 3]: there are 0 to"
                + " 2");
    refused(() -> t(2, 3).indexSelect(2, ids(0))).hasMessageContaining("no dimension 2");
    refused(() -> t(2, 3).indexSelect(0, Tensor.of(DEVICE, new int[] {1}, 1, 1)))
        .hasMessageContaining("the index [1, 1] should have one dimension");
  }

  @Test
  void gather() {
    refused(() -> t(2, 3).gather(1, Tensor.of(DEVICE, new int[3], 3, 1)))
        .hasMessage(
            "gather: the index [3, 1] should have as many dimensions as the input [2, 3], at least"
                + " one, and none longer but dimension 1");
    outOfRange(() -> t(2, 3).gather(1, Tensor.of(DEVICE, new int[] {0, 3}, 2, 1)))
        .hasMessageContaining("gather: index[1, 0] = 3 is not in dimension 1 of the input [2, 3]");
  }

  @Test
  void oneHot() {
    outOfRange(() -> ids(0, 4).oneHot(4))
        .hasMessage("one_hot: index[1] = 4 is not one of 4 classes: there are 0 to 3");
    refused(() -> ids().oneHot(0)).hasMessageContaining("at least 1 class");
  }

  @Test
  void pad() {
    refused(() -> t(2, 3).pad(1)).hasMessageContaining("pad: [1] should be pairs (before, after)");
    refused(() -> t(3).pad(1, 1, 1, 1)).hasMessageContaining("each dimension of [3]");
    refused(() -> t(2, 3).pad(0, 0, -1, -2))
        .hasMessage("pad: (-1, -2) takes more than dimension 0 of [2, 3] has");
  }

  @Test
  void expandAndRepeat() {
    refused(() -> t(2, 3).expand(4, 3))
        .hasMessageStartingWith("expand: [2, 3] does not become [4, 3]: only extents of 1");
    refused(() -> t(2, 3).expand(3)).hasMessageContaining("does not become [3]");
    refused(() -> t(2, 3).expand(-1, 2, 3)).hasMessageContaining("[-1, 2, 3]");
    refused(() -> t(2, 3).repeat(2)).hasMessageContaining("for each dimension of [2, 3]");
  }

  @Test
  void cuttingAndJoining() {
    refused(() -> t(5).split(0, 0)).hasMessageContaining("a size of at least 1, not 0");
    refused(() -> t(5).chunk(0, 0)).hasMessageContaining("at least 1 part");
    refused(() -> t().chunk(1, 0)).hasMessageContaining("a scalar has no dimension");
    refused(() -> Split.apply(t(2, 5), new int[] {2, 2}, 1))
        .hasMessage("split: the sizes [2, 2] should add up to the 5 of dimension 1 of [2, 5]");
    refused(() -> Tensor.stack(List.of(t(2), t(3)), 0))
        .hasMessage("stack: [2] and [3] should be equal");
    refused(() -> t(2).unsqueeze(2)).hasMessageContaining("it takes -2 to 1");
  }

  @Test
  void conv1d() {
    refused(() -> Conv1d.apply(t(8, 3, 28), t(16, 4, 5), null, Conv1dOptions.DEFAULT))
        .hasMessage(
            "conv1d: the input has 3 channels but the weight wants 4 (weight [16, 4, 5] = [out, in"
                + " / groups, kernel], groups 1, input [8, 3, 28])");
    refused(() -> Conv1d.apply(t(1, 1, 4), t(1, 1, 5), null, Conv1dOptions.DEFAULT))
        .hasMessageContaining("does not fit into the input [1, 1, 4]");
    refused(() -> Conv1d.apply(t(3, 4), t(3, 3, 1), null, Conv1dOptions.DEFAULT))
        .hasMessageContaining("the input [3, 4] should be [n, in, length]");
    refused(() -> Conv1d.apply(t(1, 1, 4), t(2, 1, 1), t(3), Conv1dOptions.DEFAULT))
        .hasMessageContaining("the bias [3] should be [2]");
    assertThatThrownBy(() -> Conv1dOptions.DEFAULT.stride(0)).hasMessageContaining("not stride 0");
  }

  @Test
  void convTranspose2d() {
    Conv2dOptions plain = Conv2dOptions.DEFAULT;
    refused(() -> ConvTranspose2d.apply(t(8, 3, 7, 7), t(4, 16, 3, 3), null, plain))
        .hasMessage(
            "conv_transpose2d: the input has 3 channels but the weight wants 4 (weight [4, 16, 3,"
                + " 3] = [in, out / groups, kh, kw], groups 1, input [8, 3, 7, 7])");
    refused(() -> ConvTranspose2d.apply(t(1, 2, 4, 4), t(2, 3, 2, 2), t(2), plain))
        .hasMessageContaining("the bias [2] should be [3]");
    refused(() -> ConvTranspose2d.apply(t(1, 2, 4, 4), t(2, 3, 2, 2), null, plain, 1))
        .hasMessageContaining(
            "the output padding (1, 1) should be at least 0 and less than stride");
    refused(() -> ConvTranspose2d.apply(t(1, 2, 1, 1), t(2, 3, 2, 2), null, plain.padding(1)))
        .hasMessageContaining("nothing is left of the output, [0, 0]");
    refused(() -> ConvTranspose2d.apply(t(2, 4, 4), t(2, 3, 2, 2), null, plain))
        .hasMessageContaining("the input [2, 4, 4] should be [n, in, h, w]");
  }

  @Test
  void otherSizes() {
    refused(() -> AdaptivePool2d.average(t(2, 3), 1, 1))
        .hasMessageContaining("adaptive_avg_pool2d: the input [2, 3] should be [n, c, h, w]");
    refused(() -> AdaptivePool2d.average(t(1, 1, 2, 2), 0, 1))
        .hasMessageContaining("the output is at least 1 x 1, not 0 x 1");
    refused(() -> Upsample.toSize(t(1, 1, 2, 2), 0, 1, Upsample.Mode.NEAREST))
        .hasMessageContaining("upsample: the output is at least 1 x 1, not 0 x 1");
    refused(() -> Upsample.byFactor(t(1, 1, 2, 2), 0.4, Upsample.Mode.BILINEAR))
        .hasMessage("upsample: by 0.4 nothing is left of the input [1, 1, 2, 2]");
    refused(() -> PixelShuffle.apply(t(1, 6, 2, 2), 2))
        .hasMessageContaining("6 channels do not divide into blocks of 2 x 2");
    refused(() -> PixelShuffle.reverse(t(1, 1, 3, 2), 2))
        .hasMessageContaining("the input [1, 1, 3, 2] does not divide");
  }
}
