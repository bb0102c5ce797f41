package dev.kiln;

import dev.kiln.backend.Unary;
import dev.kiln.ops.Activation;
import dev.kiln.ops.Arithmetic;
import dev.kiln.ops.Concat;
import dev.kiln.ops.Expand;
import dev.kiln.ops.Flip;
import dev.kiln.ops.Gather;
import dev.kiln.ops.IndexSelect;
import dev.kiln.ops.LogSoftmax;
import dev.kiln.ops.MatMul;
import dev.kiln.ops.Maximum;
import dev.kiln.ops.OneHot;
import dev.kiln.ops.Pad;
import dev.kiln.ops.Permute;
import dev.kiln.ops.Power;
import dev.kiln.ops.Reduce;
import dev.kiln.ops.Reshape;
import dev.kiln.ops.Slice;
import dev.kiln.ops.Softmax;
import dev.kiln.ops.Split;
import dev.kiln.ops.Variance;
import java.util.List;

/**
 * The ops as methods of a tensor, one line each: what is computed, and how its gradient is, stands
 * in {@code dev.kiln.ops}. None changes the tensor that it is called on.
 */
abstract sealed class TensorOps permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /** The matrix product: {@code [..., m, k]} times {@code [..., k, n]}; see {@link MatMul}. */
  public Tensor matmul(Tensor other) {
    return MatMul.apply(self(), other, false, false);
  }

  /** The matrix product with either operand's last two dimensions swapped first. */
  public Tensor matmul(Tensor other, boolean transposeThis, boolean transposeOther) {
    return MatMul.apply(self(), other, transposeThis, transposeOther);
  }

  public Tensor add(Tensor other) {
    return Arithmetic.add(self(), other);
  }

  public Tensor add(float number) {
    return Arithmetic.scale(self(), 1, number);
  }

  public Tensor sub(Tensor other) {
    return Arithmetic.sub(self(), other);
  }

  public Tensor sub(float number) {
    return Arithmetic.scale(self(), 1, -number);
  }

  public Tensor mul(Tensor other) {
    return Arithmetic.mul(self(), other);
  }

  public Tensor mul(float number) {
    return Arithmetic.scale(self(), number, 0);
  }

  public Tensor div(Tensor other) {
    return Arithmetic.div(self(), other);
  }

  public Tensor div(float number) {
    return Arithmetic.scale(self(), 1 / number, 0);
  }

  public Tensor neg() {
    return Arithmetic.scale(self(), -1, 0);
  }

  public Tensor relu() {
    return Activation.apply(Unary.RELU, self());
  }

  public Tensor sigmoid() {
    return Activation.apply(Unary.SIGMOID, self());
  }

  public Tensor tanh() {
    return Activation.apply(Unary.TANH, self());
  }

  /** {@code x}, and {@code slope · x} below 0. */
  public Tensor leakyRelu(float slope) {
    return Activation.apply(Unary.leakyRelu(slope), self());
  }

  /** {@code x}, and {@code alpha (exp(x) - 1)} below 0. */
  public Tensor elu(float alpha) {
    return Activation.apply(Unary.elu(alpha), self());
  }

  /** {@code x Φ(x)} with the normal distribution Φ. */
  public Tensor gelu() {
    return Activation.apply(Unary.GELU, self());
  }

  /** The approximation of {@link #gelu} by a hyperbolic tangent. */
  public Tensor geluTanh() {
    return Activation.apply(Unary.GELU_TANH, self());
  }

  /** {@code log(1 + exp(x))}. */
  public Tensor softplus() {
    return softplus(1, 20);
  }

  /** {@code log(1 + exp(beta x)) / beta}, and x itself where {@code beta x > threshold}. */
  public Tensor softplus(float beta, float threshold) {
    return Activation.softplus(self(), beta, threshold);
  }

  /** {@code x · sigmoid(x)}, also called swish. */
  public Tensor silu() {
    return Activation.apply(Unary.SILU, self());
  }

  /** {@code min(max(x, 0), 6)}; unlike {@link #clamp}, without a slope at 0 and 6. */
  public Tensor relu6() {
    return Activation.apply(Unary.hardTanh(0, 6), self());
  }

  /** {@code min(max(x, -1), 1)}; unlike {@link #clamp}, without a slope at -1 and 1. */
  public Tensor hardTanh() {
    return Activation.apply(Unary.hardTanh(-1, 1), self());
  }

  /** {@code min(max(x / 6 + 1/2, 0), 1)}. */
  public Tensor hardSigmoid() {
    return Activation.apply(Unary.HARD_SIGMOID, self());
  }

  /** {@code x · hardSigmoid(x)}. */
  public Tensor hardSwish() {
    return Activation.apply(Unary.HARD_SWISH, self());
  }

  public Tensor exp() {
    return Activation.apply(Unary.EXP, self());
  }

  /** The natural logarithm: negative infinity at 0, NaN below. */
  public Tensor log() {
    return Activation.apply(Unary.LOG, self());
  }

  public Tensor sqrt() {
    return Activation.apply(Unary.SQRT, self());
  }

  /** {@code 1 / √x}. */
  public Tensor rsqrt() {
    return Activation.apply(Unary.RSQRT, self());
  }

  public Tensor abs() {
    return Activation.apply(Unary.ABS, self());
  }

  public Tensor square() {
    return Activation.apply(Unary.SQUARE, self());
  }

  /** {@code 1 / x}. */
  public Tensor reciprocal() {
    return Activation.apply(Unary.RECIPROCAL, self());
  }

  /** {@code min(max(x, min), max)}. */
  public Tensor clamp(float min, float max) {
    return Activation.clamp(self(), min, max);
  }

  /** Nothing below {@code min}. */
  public Tensor clampMin(float min) {
    return Activation.clamp(self(), min, Float.POSITIVE_INFINITY);
  }

  /** Nothing above {@code max}. */
  public Tensor clampMax(float max) {
    return Activation.clamp(self(), Float.NEGATIVE_INFINITY, max);
  }

  public Tensor pow(float exponent) {
    return Activation.apply(Unary.pow(exponent), self());
  }

  /** Each element to the power of one of {@code exponents}, with broadcasting. */
  public Tensor pow(Tensor exponents) {
    return Power.apply(self(), exponents);
  }

  /** The larger of two elements each, with broadcasting. */
  public Tensor maximum(Tensor other) {
    return Maximum.of(self(), other);
  }

  /** The smaller of two elements each, with broadcasting. */
  public Tensor minimum(Tensor other) {
    return Maximum.minimum(self(), other);
  }

  /** The sum over {@code dims}, which go; over all where none is named. */
  public Tensor sum(int... dims) {
    return Reduce.sum(self(), false, dims);
  }

  /** The mean over {@code dims}, which go; over all where none is named. */
  public Tensor mean(int... dims) {
    return Reduce.mean(self(), false, dims);
  }

  /** The largest element, shape {@code []}. */
  public Tensor max() {
    return Reduce.max(self());
  }

  /** The largest elements along a dimension, which goes, and where they are. */
  public Reduce.Max max(int dim) {
    return Reduce.max(self(), dim, false);
  }

  /** Where along a dimension, which goes, the largest elements are; int32. */
  public Tensor argmax(int dim) {
    return Reduce.argmax(self(), dim, false);
  }

  /** The smallest element, shape {@code []}. */
  public Tensor min() {
    return Reduce.min(self());
  }

  /** The smallest elements along a dimension, which goes, and where they are. */
  public Reduce.Max min(int dim) {
    return Reduce.min(self(), dim, false);
  }

  /** Where along a dimension, which goes, the smallest elements are; int32. */
  public Tensor argmin(int dim) {
    return Reduce.argmin(self(), dim, false);
  }

  /** The unbiased variance over {@code dims}, which go; over all where none is named. */
  public Tensor var(int... dims) {
    return Variance.var(self(), true, false, dims);
  }

  /** The unbiased standard deviation over {@code dims}, which go; over all where none is named. */
  public Tensor std(int... dims) {
    return Variance.std(self(), true, false, dims);
  }

  public Tensor softmax(int dim) {
    return Softmax.apply(self(), dim);
  }

  public Tensor logSoftmax(int dim) {
    return LogSoftmax.apply(self(), dim);
  }

  /** The same elements under another shape; one extent may be -1: what is left. */
  public Tensor reshape(int... extents) {
    return Reshape.apply(self(), extents);
  }

  /** All dimensions from {@code from} on become one. */
  public Tensor flatten(int from) {
    return Reshape.flatten(self(), from, -1);
  }

  /** Elements {@code from} (inclusive) to {@code to} (exclusive) along a dimension. */
  public Tensor slice(int dim, int from, int to) {
    return Slice.apply(self(), dim, from, to);
  }

  /**
   * With zeros around it, or less of it where an amount is negative.
   *
   * @param amounts before and after, the last dimension first, as PyTorch's {@code pad}
   */
  public Tensor pad(int... amounts) {
    return Pad.apply(self(), 0, amounts);
  }

  /** Without the dimensions whose extent is 1. */
  public Tensor squeeze() {
    return Reshape.squeeze(self());
  }

  /** Without one dimension if its extent is 1. */
  public Tensor squeeze(int dim) {
    return Reshape.squeeze(self(), dim);
  }

  /** With one more dimension of extent 1, which the result has at {@code dim}. */
  public Tensor unsqueeze(int dim) {
    return Reshape.unsqueeze(self(), dim);
  }

  /** Repeated to a shape that it broadcasts to; -1 keeps an extent. */
  public Tensor expand(int... extents) {
    return Expand.apply(self(), extents);
  }

  /** So many of it side by side in each dimension. */
  public Tensor repeat(int... times) {
    return Expand.repeat(self(), times);
  }

  /** In reverse order along these dimensions. */
  public Tensor flip(int... dims) {
    return Flip.apply(self(), dims);
  }

  /** Parts of extent {@code size} along a dimension; the last may be smaller. */
  public List<Tensor> split(int size, int dim) {
    return Split.bySize(self(), size, dim);
  }

  /** At most {@code count} parts of one size along a dimension; the last may be smaller. */
  public List<Tensor> chunk(int count, int dim) {
    return Split.chunks(self(), count, dim);
  }

  /** Tensors joined along a dimension. */
  public static Tensor cat(List<Tensor> parts, int dim) {
    return Concat.apply(parts, dim);
  }

  /** Tensors of one shape side by side along a new dimension. */
  public static Tensor stack(List<Tensor> parts, int dim) {
    return Concat.stack(parts, dim);
  }

  /** The elements that {@code index} names along a dimension, which takes its shape. */
  public Tensor gather(int dim, Tensor index) {
    return Gather.apply(self(), dim, index);
  }

  /** The rows that {@code index} names along a dimension. */
  public Tensor indexSelect(int dim, Tensor index) {
    return IndexSelect.apply(self(), dim, index);
  }

  /** Of int32 class numbers: {@code [..., classes]} with a 1 at each number; float32. */
  public Tensor oneHot(int classes) {
    return OneHot.apply(self(), classes, DType.FLOAT32);
  }

  public Tensor transpose(int a, int b) {
    return Permute.transpose(self(), a, b);
  }

  public Tensor permute(int... dims) {
    return Permute.apply(self(), dims);
  }
}
