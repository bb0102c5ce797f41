package dev.kiln;

import dev.kiln.autograd.Node;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.StridedCopy;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A dense, row-major block of numbers on a {@link Device}. Ops make new tensors and never change
 * one; only optimizers and the running statistics of batch norm write in place.
 *
 * <p>A tensor belongs to the {@link Scope} that was open when it was made and is freed with it;
 * {@link #close} frees it earlier. One that is closed says so when it is used.
 */
public final class Tensor extends TensorOps implements AutoCloseable {
  private final Device device;
  private final Shape shape;
  private final DType dtype;
  private final Storage storage;
  private final Buffer buffer;
  private final @Nullable LabelRange labels;
  private @Nullable Origin origin;
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

  /** A recording's own place for tensors that are like {@code input}. */
  static Tensor fixed(Tensor input, FixedInput place) {
    Tensor fixed = like(input);
    if (input.dtype == DType.INT32) {
      fixed.origin = new Origin(place, null);
    }
    return fixed.requiresGrad(input.requiresGrad);
  }

  /** Undefined contents that will be indices from 0 to {@code n} - 1: for an op's result. */
  public static Tensor indices(Device device, Shape shape, int n) {
    Buffer buffer = device.backend().allocate(DType.INT32, shape.size());
    LabelRange range = new LabelRange(0, n - 1);
    return new Tensor(device, shape, new Storage(device, buffer), buffer, range);
  }

  /**
   * A copy of some elements of {@code x}, or of all in another order; not recorded: for ops.
   *
   * @param copy what it writes is the whole result
   */
  public static Tensor picked(Tensor x, Shape shape, StridedCopy copy) {
    Buffer source = x.buffer();
    Buffer buffer = x.backend().allocate(x.dtype, shape.size());
    Tensor y = new Tensor(x.device, shape, new Storage(x.device, buffer), buffer, x.labels);
    if (shape.size() > 0) {
      x.backend().copy(copy, source, buffer);
      y.origin = x.origin == null ? null : x.origin.picked(copy);
    }
    return y;
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
    Tensor view = new Tensor(device, other, storage.share(), part, labels);
    if (origin != null) {
      view.origin = part == whole ? origin : origin.run(offset, other.size());
    }
    return view;
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
   * nothing unless it is off; others are read back. A recording asks this of its inputs at each
   * run.
   *
   * @throws IllegalStateException in a recording, if the step has computed the values and nothing
   *     is known of them
   */
  public int firstOutside(int low, int high, int except) {
    if (origin != null && device.isRecording()) {
      origin.demand(low, high, except);
      return -1;
    }
    if (isWithin(low, high)) {
      return -1;
    }
    int[] values = valuesFromOutside();
    for (int i = 0; i < values.length; i++) {
      if ((values[i] < low || values[i] > high) && values[i] != except) {
        return i;
      }
    }
    return -1;
  }

  /** Whether all integers are known to be in {@code low..high}; without a wait. */
  boolean isWithin(int low, int high) {
    return labels != null && labels.least() >= low && labels.greatest() <= high || size() == 0;
  }

  /** The values of an int32 tensor, though it be in the middle of a recording. */
  int[] valuesFromOutside() {
    require(DType.INT32, "firstOutside", "toFloats");
    int[] values = new int[size()];
    device.backendThatHas(buffer()).download(buffer(), IntBuffer.wrap(values));
    Reference.reachabilityFence(this);
    return values;
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
    LeafGradients recorded = device.leafGradients();
    if (recorded != null) {
      recorded.looked(this);
    }
    return grad;
  }

  /** Likewise, without a note for a recording. */
  @Nullable Tensor gradient() {
    return grad;
  }

  /** Frees the gradient. */
  public void clearGrad() {
    noteThatOverwritten();
    freeGrad();
  }

  private void noteThatOverwritten() {
    LeafGradients recorded = device.leafGradients();
    if (recorded != null) {
      recorded.overwritten(this);
    }
  }

  private void freeGrad() {
    if (grad != null) {
      grad.close();
      grad = null;
    }
  }

  /** For the tape: the gradient moves to where this tensor lives. */
  public void setGrad(Tensor gradient) {
    noteThatOverwritten();
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

  /** Forgets how it was computed. */
  void leaveTape() {
    if (node != null) {
      node = null;
      requiresGrad = false;
    }
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
      freeGrad();
      storage.release();
    }
  }

  /** Device, dtype and shape; not the values, which may not be there yet. */
  @Override
  public String toString() {
    return "Tensor" + shape + " " + dtype + " on " + device.info().id();
  }
}
