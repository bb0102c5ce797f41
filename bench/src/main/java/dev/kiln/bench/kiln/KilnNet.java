package dev.kiln.bench.kiln;

import static java.util.Objects.requireNonNull;

import dev.kiln.Device;
import dev.kiln.Tensor;
import dev.kiln.bench.work.Layer;
import dev.kiln.nn.AvgPool2d;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Rnn;
import dev.kiln.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds a described net of Kiln's layers; its parameters have the description's names. */
final class KilnNet {
  private KilnNet() {}

  static Module build(Device device, List<Layer> layers) {
    Module net = sequence(layers).to(device);
    fill(net.namedParameters(), "", layers);
    return net;
  }

  private static Module sequence(List<Layer> layers) {
    List<Module> modules = new ArrayList<>();
    for (Layer layer : layers) {
      modules.add(module(layer));
    }
    return Sequential.of(modules);
  }

  private static Module module(Layer layer) {
    if (layer instanceof Layer.Linear linear) {
      return new Linear(linear.in(), linear.out());
    }
    if (layer instanceof Layer.Conv conv) {
      return new Conv2d(conv.in(), conv.out(), conv.kernel()).padding(conv.padding());
    }
    if (layer instanceof Layer.BatchNorm norm) {
      return new BatchNorm2d(norm.channels());
    }
    if (layer instanceof Layer.Relu) {
      return new ReLU();
    }
    if (layer instanceof Layer.MaxPool pool) {
      return new MaxPool2d(pool.kernel());
    }
    if (layer instanceof Layer.AvgPool pool) {
      return new AvgPool2d(pool.kernel()).stride(pool.stride()).padding(pool.padding());
    }
    if (layer instanceof Layer.Flatten) {
      return new Flatten();
    }
    if (layer instanceof Layer.Rnn rnn) {
      return new Rnn(rnn.in(), rnn.hidden()).layers(rnn.layers()).batchFirst();
    }
    return new Branches((Layer.Branches) layer);
  }

  private static void fill(Map<String, Tensor> parameters, String prefix, List<Layer> layers) {
    for (int i = 0; i < layers.size(); i++) {
      String path = prefix + i;
      Layer layer = layers.get(i);
      layer
          .weights(path)
          .forEach(
              (name, weight) ->
                  requireNonNull(parameters.get(path + "." + name)).write(weight.values()));
      if (layer instanceof Layer.Branches parts) {
        for (int b = 0; b < parts.branches().size(); b++) {
          fill(parameters, path + "." + b + ".", parts.branches().get(b));
        }
      }
    }
  }

  /** Children are named by their numbers. */
  private static final class Branches extends Module {
    private final List<Module> branches = new ArrayList<>();

    Branches(Layer.Branches described) {
      for (List<Layer> branch : described.branches()) {
        branches.add(child(Integer.toString(branches.size()), sequence(branch)));
      }
    }

    @Override
    public Tensor forward(Tensor x) {
      List<Tensor> outputs = new ArrayList<>(branches.size());
      for (Module branch : branches) {
        outputs.add(branch.forward(x));
      }
      return Tensor.cat(outputs, 1);
    }
  }
}
