package dev.kiln;

import dev.kiln.autograd.Node;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
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
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dense, row-major block of numbers on a {@link Device}. Ops make new tensors and never change
 * one; only optimizers and the running statistics of batch norm write in place.
 *
 * <p>A tensor belongs to the {@link Scope} that was open when it was made and is freed with it;
 * {@link #close} frees it earlier. One that is closed says so when it is used.
 */
public final class Tensor implements AutoCloseable {
  private final Device device;
  private final Shape shape;
  private final DType dtype;
  private final Storage storage;
  private final Buffer buffer;
  private final @Nullable LabelRange labels;
  private @Nullable Scope owner;
  private boolean closed;
  private boolean requiresGrad;
  private @Nullable Node node;
  private @Nullable Tensor grad;

  private Tensor(
      Device device, Shape shape, Storage storage, Buffer buffer, @Nullable LabelRange labels) {
    this.device = device;
    this.shape = shape;
    this.dtype = buffer.dtype();
    this.storage = storage;
    this.buffer = buffer;
    this.labels = labels;
    this.owner = device.currentScope();
    if (owner != null) {
      owner.add(this);
    }
  }

  // ------------------------------------------------------------------ making one

  /** Undefined contents: for an op's result, which it writes in full. */
  public static Tensor empty(Device device, DType dtype, Shape shape) {
    Buffer buffer = device.backend().allocate(dtype, shape.size());
    return new Tensor(device, shape, new Storage(device, buffer), buffer, null);
  }

  /** Undefined contents, with the device, dtype and shape of {@code x}. */
  public static Tensor like(Tensor x) {
    return empty(x.device, x.dtype, x.shape);
  }

  /**
   * A tensor over {@code values}, row-major. On the CPU it takes the array over without a copy:
   * leave it alone afterwards; elsewhere the values are copied.
   *
   * @throws ShapeException if the shape has another number of elements
   */
  public static Tensor of(Device device, float[] values, int... shape) {
    Shape checked = fit(values.length, shape);
    Buffer buffer = device.backend().adopt(values);
    return new Tensor(device, checked, new Storage(device, buffer), buffer, null);
  }

  /** An int32 tensor over {@code values}, like {@link #of(Device, float[], int...)}. */
  public static Tensor of(Device device, int[] values, int... shape) {
    Shape checked = fit(values.length, shape);
    Buffer buffer = device.backend().adopt(values);
    return new Tensor(
        device,
        checked,
        new Storage(device, buffer),
        buffer,
        LabelRange.of(IntBuffer.wrap(values)));
  }

  /** A tensor with a copy of what {@code values} has left. */
  public static Tensor of(Device device, FloatBuffer values, int... shape) {
    Tensor tensor = empty(device, DType.FLOAT32, fit(values.remaining(), shape));
    device.backend().upload(values, tensor.buffer);
    return tensor;
  }

  /** A single number, shape {@code []}. */
  public static Tensor scalar(Device device, float value) {
    return full(device, value);
  }

  /** Every element is {@code value}. */
  public static Tensor full(Device device, float value, int... shape) {
    Tensor tensor = empty(device, DType.FLOAT32, Shape.of(shape));
    device.backend().fill(tensor.buffer, value);
    return tensor;
  }

  public static Tensor zeros(Device device, int... shape) {
    return full(device, 0, shape);
  }

  public static Tensor ones(Device device, int... shape) {
    return full(device, 1, shape);
  }

  private static Shape fit(int length, int... shape) {
    Shape checked = Shape.of(shape);
    if (checked.size() != length) {
      throw new ShapeException(
          "Tensor.of: "
              + length
              + " values do not fill the shape "
              + checked
              + " of "
              + checked.size()
              + " elements");
    }
    return checked;
  }

  /**
   * The same elements under another shape of as many, sharing storage; not recorded: for ops.
   * {@code detach} and the reshaping ops are for users.
   */
  public Tensor view(Shape other) {
    return view(other, 0);
  }

  /**
   * The elements from {@code offset} on, sharing storage; not recorded: for ops.
   *
   * @param offset a multiple of the backend's alignment
   */
  public Tensor view(Shape other, int offset) {
    Buffer whole = buffer();
    Buffer part =
        offset == 0 && other.size() == whole.size()
            ? whole
            : device.backend().view(whole, offset, other.size());
    return new Tensor(device, other, storage.share(), part, labels);
  }

  // ------------------------------------------------------------------ what it is

  public Device device() {
    return device;
  }

  public Shape shape() {
    return shape;
  }

  public DType dtype() {
    return dtype;
  }

  /** How many elements. */
  public int size() {
    return shape.size();
  }

  /** The extent of a dimension; negative counts from the end. */
  public int dim(int dim) {
    return shape.dim(dim);
  }

  /** The backend that computes with it, for ops. */
  public Backend backend() {
    return device.backend();
  }

  /**
   * The elements, for ops.
   *
   * @throws IllegalStateException if the tensor is closed
   */
  public Buffer buffer() {
    if (closed) {
      throw new IllegalStateException(
          "tensor "
              + shape
              + " is closed: its scope ended or close() was called; Scope.keep carries a tensor"
              + " out of a scope");
    }
    return buffer;
  }

  /**
   * Where the first element of an int32 tensor lies that is neither in {@code low..high} nor {@code
   * except}; -1 if there is none. Values that came from the host are judged by their range and cost
   * nothing unless it is off; others are read back.
   */
  public int firstOutside(int low, int high, int except) {
    if (labels != null && labels.least() >= low && labels.greatest() <= high || size() == 0) {
      return -1;
    }
    int[] values = toInts();
    for (int i = 0; i < values.length; i++) {
      if ((values[i] < low || values[i] > high) && values[i] != except) {
        return i;
      }
    }
    return -1;
  }

  // ------------------------------------------------------------------ its values

  /** Waits for the values and copies them into a new array, row-major. */
  public float[] toFloats() {
    require(DType.FLOAT32, "toFloats", "toInts");
    float[] values = new float[size()];
    backend().download(buffer(), FloatBuffer.wrap(values));
    Reference.reachabilityFence(this);
    return values;
  }

  /** The values of an int32 tensor. */
  public int[] toInts() {
    require(DType.INT32, "toInts", "toFloats");
    int[] values = new int[size()];
    backend().download(buffer(), IntBuffer.wrap(values));
    Reference.reachabilityFence(this);
    return values;
  }

  /** Waits for the values and copies them to {@code destination}, whose position advances. */
  public void read(FloatBuffer destination) {
    require(DType.FLOAT32, "read", "toInts");
    if (destination.remaining() < size()) {
      throw new ShapeException(
          "read: the buffer has room for "
              + destination.remaining()
              + ", "
              + shape
              + " needs "
              + size());
    }
    backend().download(buffer(), destination);
    Reference.reachabilityFence(this);
  }

  /**
   * Overwrites the values in place; outside the tape, for weights that were loaded.
   *
   * @throws ShapeException if {@code values} has another length
   */
  public void write(float[] values) {
    require(DType.FLOAT32, "write", "Tensor.of");
    if (values.length != size()) {
      throw new ShapeException(
          "write: " + values.length + " values for " + shape + " of " + size() + " elements");
    }
    backend().upload(FloatBuffer.wrap(values), buffer());
    Reference.reachabilityFence(this);
  }

  /**
   * The single number it holds.
   *
   * @throws ShapeException if it has more than one element, or none
   */
  public float item() {
    if (size() != 1) {
      throw new ShapeException("item: " + shape + " has " + size() + " elements, not one");
    }
    return dtype == DType.INT32 ? toInts()[0] : toFloats()[0];
  }

  private void require(DType wanted, String method, String instead) {
    if (dtype != wanted) {
      throw new IllegalArgumentException(
          method + ": tensor " + shape + " is " + dtype + "; use " + instead);
    }
  }

  // ------------------------------------------------------------------ ops, one line each

  /** The matrix product: {@code [..., m, k]} times {@code [..., k, n]}; see {@link MatMul}. */
  public Tensor matmul(Tensor other) {
    return MatMul.apply(this, other, false, false);
  }

  /** The matrix product with either operand's last two dimensions swapped first. */
  public Tensor matmul(Tensor other, boolean transposeThis, boolean transposeOther) {
    return MatMul.apply(this, other, transposeThis, transposeOther);
  }

  public Tensor add(Tensor other) {
    return Arithmetic.add(this, other);
  }

  public Tensor add(float number) {
    return Arithmetic.scale(this, 1, number);
  }

  public Tensor sub(Tensor other) {
    return Arithmetic.sub(this, other);
  }

  public Tensor sub(float number) {
    return Arithmetic.scale(this, 1, -number);
  }

  public Tensor mul(Tensor other) {
    return Arithmetic.mul(this, other);
  }

  public Tensor mul(float number) {
    return Arithmetic.scale(this, number, 0);
  }

  public Tensor div(Tensor other) {
    return Arithmetic.div(this, other);
  }

  public Tensor div(float number) {
    return Arithmetic.scale(this, 1 / number, 0);
  }

  public Tensor neg() {
    return Arithmetic.scale(this, -1, 0);
  }

  public Tensor relu() {
    return Activation.apply(Unary.RELU, this);
  }

  public Tensor sigmoid() {
    return Activation.apply(Unary.SIGMOID, this);
  }

  public Tensor tanh() {
    return Activation.apply(Unary.TANH, this);
  }

  /** {@code x}, and {@code slope · x} below 0. */
  public Tensor leakyRelu(float slope) {
    return Activation.apply(Unary.leakyRelu(slope), this);
  }

  /** {@code x}, and {@code alpha (exp(x) - 1)} below 0. */
  public Tensor elu(float alpha) {
    return Activation.apply(Unary.elu(alpha), this);
  }

  /** {@code x Φ(x)} with the normal distribution Φ. */
  public Tensor gelu() {
    return Activation.apply(Unary.GELU, this);
  }

  /** The approximation of {@link #gelu} by a hyperbolic tangent. */
  public Tensor geluTanh() {
    return Activation.apply(Unary.GELU_TANH, this);
  }

  /** {@code log(1 + exp(x))}. */
  public Tensor softplus() {
    return softplus(1, 20);
  }

  /** {@code log(1 + exp(beta x)) / beta}, and x itself where {@code beta x > threshold}. */
  public Tensor softplus(float beta, float threshold) {
    return Activation.softplus(this, beta, threshold);
  }

  /** {@code x · sigmoid(x)}, also called swish. */
  public Tensor silu() {
    return Activation.apply(Unary.SILU, this);
  }

  /** {@code min(max(x, 0), 6)}; unlike {@link #clamp}, without a slope at 0 and 6. */
  public Tensor relu6() {
    return Activation.apply(Unary.hardTanh(0, 6), this);
  }

  /** {@code min(max(x, -1), 1)}; unlike {@link #clamp}, without a slope at -1 and 1. */
  public Tensor hardTanh() {
    return Activation.apply(Unary.hardTanh(-1, 1), this);
  }

  /** {@code min(max(x / 6 + 1/2, 0), 1)}. */
  public Tensor hardSigmoid() {
    return Activation.apply(Unary.HARD_SIGMOID, this);
  }

  /** {@code x · hardSigmoid(x)}. */
  public Tensor hardSwish() {
    return Activation.apply(Unary.HARD_SWISH, this);
  }

  public Tensor exp() {
    return Activation.apply(Unary.EXP, this);
  }

  /** The natural logarithm: negative infinity at 0, NaN below. */
  public Tensor log() {
    return Activation.apply(Unary.LOG, this);
  }

  public Tensor sqrt() {
    return Activation.apply(Unary.SQRT, this);
  }

  /** {@code 1 / √x}. */
  public Tensor rsqrt() {
    return Activation.apply(Unary.RSQRT, this);
  }

  public Tensor abs() {
    return Activation.apply(Unary.ABS, this);
  }

  public Tensor square() {
    return Activation.apply(Unary.SQUARE, this);
  }

  /** {@code 1 / x}. */
  public Tensor reciprocal() {
    return Activation.apply(Unary.RECIPROCAL, this);
  }

  /** {@code min(max(x, min), max)}. */
  public Tensor clamp(float min, float max) {
    return Activation.clamp(this, min, max);
  }

  /** Nothing below {@code min}. */
  public Tensor clampMin(float min) {
    return Activation.clamp(this, min, Float.POSITIVE_INFINITY);
  }

  /** Nothing above {@code max}. */
  public Tensor clampMax(float max) {
    return Activation.clamp(this, Float.NEGATIVE_INFINITY, max);
  }

  public Tensor pow(float exponent) {
    return Activation.apply(Unary.pow(exponent), this);
  }

  /** Each element to the power of one of {@code exponents}, with broadcasting. */
  public Tensor pow(Tensor exponents) {
    return Power.apply(this, exponents);
  }

  /** The larger of two elements each, with broadcasting. */
  public Tensor maximum(Tensor other) {
    return Maximum.of(this, other);
  }

  /** The smaller of two elements each, with broadcasting. */
  public Tensor minimum(Tensor other) {
    return Maximum.minimum(this, other);
  }

  /** The sum over {@code dims}, which go; over all where none is named. */
  public Tensor sum(int... dims) {
    return Reduce.sum(this, false, dims);
  }

  /** The mean over {@code dims}, which go; over all where none is named. */
  public Tensor mean(int... dims) {
    return Reduce.mean(this, false, dims);
  }

  /** The largest element, shape {@code []}. */
  public Tensor max() {
    return Reduce.max(this);
  }

  /** The largest elements along a dimension, which goes, and where they are. */
  public Reduce.Max max(int dim) {
    return Reduce.max(this, dim, false);
  }

  /** Where along a dimension, which goes, the largest elements are; int32. */
  public Tensor argmax(int dim) {
    return Reduce.argmax(this, dim, false);
  }

  /** The smallest element, shape {@code []}. */
  public Tensor min() {
    return Reduce.min(this);
  }

  /** The smallest elements along a dimension, which goes, and where they are. */
  public Reduce.Max min(int dim) {
    return Reduce.min(this, dim, false);
  }

  /** Where along a dimension, which goes, the smallest elements are; int32. */
  public Tensor argmin(int dim) {
    return Reduce.argmin(this, dim, false);
  }

  /** The unbiased variance over {@code dims}, which go; over all where none is named. */
  public Tensor var(int... dims) {
    return Variance.var(this, true, false, dims);
  }

  /** The unbiased standard deviation over {@code dims}, which go; over all where none is named. */
  public Tensor std(int... dims) {
    return Variance.std(this, true, false, dims);
  }

  public Tensor softmax(int dim) {
    return Softmax.apply(this, dim);
  }

  public Tensor logSoftmax(int dim) {
    return LogSoftmax.apply(this, dim);
  }

  /** The same elements under another shape; one extent may be -1: what is left. */
  public Tensor reshape(int... extents) {
    return Reshape.apply(this, extents);
  }

  /** All dimensions from {@code from} on become one. */
  public Tensor flatten(int from) {
    return Reshape.flatten(this, from, -1);
  }

  /** Elements {@code from} (inclusive) to {@code to} (exclusive) along a dimension. */
  public Tensor slice(int dim, int from, int to) {
    return Slice.apply(this, dim, from, to);
  }

  /**
   * With zeros around it, or less of it where an amount is negative.
   *
   * @param amounts before and after, the last dimension first, as PyTorch's {@code pad}
   */
  public Tensor pad(int... amounts) {
    return Pad.apply(this, 0, amounts);
  }

  /** Without the dimensions whose extent is 1. */
  public Tensor squeeze() {
    return Reshape.squeeze(this);
  }

  /** Without one dimension if its extent is 1. */
  public Tensor squeeze(int dim) {
    return Reshape.squeeze(this, dim);
  }

  /** With one more dimension of extent 1, which the result has at {@code dim}. */
  public Tensor unsqueeze(int dim) {
    return Reshape.unsqueeze(this, dim);
  }

  /** Repeated to a shape that it broadcasts to; -1 keeps an extent. */
  public Tensor expand(int... extents) {
    return Expand.apply(this, extents);
  }

  /** So many of it side by side in each dimension. */
  public Tensor repeat(int... times) {
    return Expand.repeat(this, times);
  }

  /** In reverse order along these dimensions. */
  public Tensor flip(int... dims) {
    return Flip.apply(this, dims);
  }

  /** Parts of extent {@code size} along a dimension; the last may be smaller. */
  public List<Tensor> split(int size, int dim) {
    return Split.bySize(this, size, dim);
  }

  /** At most {@code count} parts of one size along a dimension; the last may be smaller. */
  public List<Tensor> chunk(int count, int dim) {
    return Split.chunks(this, count, dim);
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
    return Gather.apply(this, dim, index);
  }

  /** The rows that {@code index} names along a dimension. */
  public Tensor indexSelect(int dim, Tensor index) {
    return IndexSelect.apply(this, dim, index);
  }

  /** Of int32 class numbers: {@code [..., classes]} with a 1 at each number; float32. */
  public Tensor oneHot(int classes) {
    return OneHot.apply(this, classes, DType.FLOAT32);
  }

  public Tensor transpose(int a, int b) {
    return Permute.transpose(this, a, b);
  }

  public Tensor permute(int... dims) {
    return Permute.apply(this, dims);
  }

  // ------------------------------------------------------------------ gradients

  /** Whether gradients flow to it: it is a parameter, or was computed from one. */
  public boolean requiresGrad() {
    return requiresGrad;
  }

  /**
   * Makes it a leaf whose gradient is wanted, or no longer.
   *
   * @return this
   * @throws IllegalArgumentException for an int32 tensor
   */
  public Tensor requiresGrad(boolean wanted) {
    if (wanted && dtype != DType.FLOAT32) {
      throw new IllegalArgumentException("requiresGrad: " + dtype + " has no gradient");
    }
    if (node != null) {
      throw new IllegalStateException(
          "requiresGrad: the tensor is an op's result; detach() it first");
    }
    requiresGrad = wanted;
    return this;
  }

  /**
   * The gradient that {@link #backward} left here, null before. It lives as long as this tensor, or
   * until {@link #clearGrad}.
   */
  public @Nullable Tensor grad() {
    return grad;
  }

  /** Frees the gradient. */
  public void clearGrad() {
    if (grad != null) {
      grad.close();
      grad = null;
    }
  }

  /** For the tape: the gradient moves to where this tensor lives. */
  public void setGrad(Tensor gradient) {
    gradient.moveTo(owner);
    Tensor old = grad;
    grad = gradient;
    if (old != null && old != gradient) {
      old.close();
    }
  }

  /**
   * Moves it to the scope that {@code other} belongs to: for what is made during a step and
   * outlives it, as an optimizer's moments do.
   *
   * @return this
   */
  public Tensor livingWith(Tensor other) {
    moveTo(other.owner);
    return this;
  }

  /** How it was computed, for the tape; null for a leaf. */
  public @Nullable Node node() {
    return node;
  }

  /** Called by the tape when an op records its result. */
  public void setNode(Node computedBy) {
    node = computedBy;
    requiresGrad = true;
  }

  /**
   * Computes the gradient of this single number with respect to every leaf that wants one, adding
   * to gradients that are already there.
   */
  public void backward() {
    if (size() != 1) {
      throw new ShapeException(
          "backward: "
              + shape
              + " is not a single number; reduce it with sum() or mean(), or give backward(gradient)"
              + " a tensor of this shape");
    }
    Tape.backward(this, null);
  }

  /** Likewise from the gradient of something computed from this tensor, of this shape. */
  public void backward(Tensor gradient) {
    if (!gradient.shape.equals(shape)) {
      throw new ShapeException(
          "backward: the gradient " + gradient.shape + " is not of the tensor's shape " + shape);
    }
    Tape.backward(this, gradient);
  }

  /** The same values, sharing storage, cut off from the tape. */
  public Tensor detach() {
    return view(shape);
  }

  // ------------------------------------------------------------------ its end

  @Nullable Scope owner() {
    return owner;
  }

  void moveTo(@Nullable Scope scope) {
    if (owner != scope) {
      owner = scope;
      if (scope != null) {
        scope.add(this);
      }
    }
  }

  public boolean isClosed() {
    return closed;
  }

  /** Frees it, and its gradient. Closing twice does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      node = null;
      clearGrad();
      storage.release();
    }
  }

  /** Device, dtype and shape; not the values, which may not be there yet. */
  @Override
  public String toString() {
    return "Tensor" + shape + " " + dtype + " on " + device.info().id();
  }
}
