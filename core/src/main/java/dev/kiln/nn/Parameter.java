package dev.kiln.nn;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A named tensor of a module, declared before there is a device and filled when the module is moved
 * to one. It is trained, or only carried along like the running statistics of batch norm.
 */
public final class Parameter {
  private final String owner;
  private final String name;
  private final Shape shape;
  private final Init init;
  private final boolean trained;
  private @Nullable Tensor tensor;

  Parameter(String owner, String name, Shape shape, Init init, boolean trained) {
    this.owner = owner;
    this.name = name;
    this.shape = shape;
    this.init = init;
    this.trained = trained;
  }

  public Shape shape() {
    return shape;
  }

  /** Whether it is trained. */
  public boolean isTrained() {
    return trained;
  }

  /**
   * Its values.
   *
   * @throws IllegalStateException if the module has not been moved to a device
   */
  public Tensor tensor() {
    if (tensor == null) {
      throw new IllegalStateException(
          owner + "." + name + ": has no values yet; call to(device) on the whole net first");
    }
    return tensor;
  }

  boolean isPlaced() {
    return tensor != null;
  }

  /** Draws its values where it has none, else moves them. */
  void to(Device device, Generator generator) {
    Tensor before = tensor;
    if (before == null) {
      tensor = make(device, init.values(shape, generator)).requiresGrad(trained);
    } else if (before.device() != device) {
      tensor = make(device, before.toFloats()).requiresGrad(before.requiresGrad());
      before.close();
    }
  }

  private Tensor make(Device device, float[] values) {
    return Tensor.of(device, FloatBuffer.wrap(values), shape.toArray());
  }
}
