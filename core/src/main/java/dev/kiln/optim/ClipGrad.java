package dev.kiln.optim;

import dev.kiln.DType;
import dev.kiln.Device;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.backend.Buffer;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** Keeps gradients from exploding, between the backward pass and the step. */
public final class ClipGrad {
  private ClipGrad() {}

  /**
   * Scales all gradients so that their norm, taken over all together, is at most {@code maximum}
   * (Pascanu, Mikolov and Bengio 2013; PyTorch's {@code clip_grad_norm_}): by {@code min(1, maximum
   * / (norm + 1e-6))}. Waits for nothing.
   *
   * @param parameters of one device, at least one; those without a gradient count for nothing
   * @return the norm before, shape {@code []}, still on the device: reading it waits
   * @throws IllegalArgumentException if there are no parameters, or they are on two devices
   */
  public static Tensor norm(List<Tensor> parameters, double maximum) {
    Optimizer.atLeastZero("maximum of the norm", maximum);
    Device device = deviceOf(parameters);
    List<Buffer> gradients = gradients(parameters);
    Tensor norm = Tensor.empty(device, DType.FLOAT32, Shape.scalar());
    device.backend().norm(gradients, norm.buffer());
    device.backend().clipNorm((float) maximum, norm.buffer(), gradients);
    Reference.reachabilityFence(parameters);
    return norm;
  }

  /**
   * Brings every number of the gradients into {@code -bound … bound}; PyTorch's {@code
   * clip_grad_value_}.
   *
   * @param parameters of one device, at least one; those without a gradient count for nothing
   * @throws IllegalArgumentException if there are no parameters, or they are on two devices
   */
  public static void value(List<Tensor> parameters, double bound) {
    Optimizer.atLeastZero("bound of the values", bound);
    deviceOf(parameters).backend().clipValue((float) bound, gradients(parameters));
    Reference.reachabilityFence(parameters);
  }

  private static Device deviceOf(List<Tensor> parameters) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException(
          "clipping: an empty list of parameters; does the net have any?");
    }
    Tensor first = parameters.get(0);
    for (Tensor parameter : parameters) {
      if (parameter.device() != first.device()) {
        throw new IllegalArgumentException(
            "clipping: " + first + " and " + parameter + " are on two devices; one norm has one");
      }
    }
    return first.device();
  }

  private static List<Buffer> gradients(List<Tensor> parameters) {
    List<Buffer> gradients = new ArrayList<>(parameters.size());
    for (Tensor parameter : parameters) {
      Tensor gradient = parameter.grad();
      if (gradient != null) {
        gradients.add(gradient.buffer());
      }
    }
    return gradients;
  }
}
