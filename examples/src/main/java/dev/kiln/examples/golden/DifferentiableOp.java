package dev.kiln.examples.golden;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.examples.golden.GoldenCase.Input;
import dev.kiln.examples.golden.GoldenCase.Output;
import dev.kiln.io.HostTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An op's cases: forward, then backward from the given upstream gradients. */
record DifferentiableOp(Forward forward) implements Procedure {
  /** The call of an op: attributes and inputs in, outputs by name. */
  interface Forward {
    Map<String, Tensor> run(Attributes attributes, Inputs inputs);
  }

  /** For the many ops whose only output is called {@code output}. */
  static DifferentiableOp of(Single call) {
    return new DifferentiableOp((a, in) -> Map.of("output", call.run(a, in)));
  }

  /** An op with one output. */
  interface Single {
    Tensor run(Attributes attributes, Inputs inputs);
  }

  /** A case's inputs on a device, in their order. */
  record Inputs(Map<String, Tensor> tensors) {
    /** An input that the op always has. */
    Tensor get(String name) {
      Tensor tensor = tensors.get(name);
      if (tensor == null) {
        throw new IllegalArgumentException("case.json has no input " + name);
      }
      return tensor;
    }

    /** An input that may be absent. */
    @Nullable Tensor optional(String name) {
      return tensors.get(name);
    }
  }

  @Override
  public Map<String, HostTensor> compute(GoldenCase golden, Device device) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, Input> input : golden.inputs().entrySet()) {
      Tensor tensor = input.getValue().values().to(device);
      inputs.put(input.getKey(), input.getValue().gradient() ? tensor.requiresGrad(true) : tensor);
    }
    Map<String, Tensor> outputs = forward.run(golden.attributes(), new Inputs(inputs));
    for (Output output : golden.outputs()) {
      Tensor tensor = outputs.get(output.expected().name());
      if (tensor != null && output.upstream() != null) {
        tensor.backward(output.upstream().to(device));
      }
    }
    Map<String, HostTensor> results = new LinkedHashMap<>();
    outputs.forEach((name, tensor) -> results.put(name, HostTensor.of(tensor)));
    inputs.forEach(
        (name, tensor) -> {
          Tensor gradient = tensor.grad();
          if (gradient != null) {
            results.put(Procedure.gradientOf(name), HostTensor.of(gradient));
          }
        });
    return results;
  }
}
