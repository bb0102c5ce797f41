package dev.kiln.examples.golden;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.io.HostTensor;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.ops.Concat;
import dev.kiln.optim.Optimizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A whole training run, from given start values, against PyTorch's. */
final class TrainingRun implements Procedure {
  private static final String INIT = "init.";

  /** What modules count beside the parameters, and cases do not. */
  private static final String COUNTER = "num_batches_tracked";

  @Override
  public Map<String, HostTensor> compute(GoldenCase golden, Device device)
      throws UnsupportedCaseException {
    Begun run = begin(golden, device);
    Map<String, HostTensor> results = run.take(golden.attributes().integer("steps"));
    results.putAll(run.end());
    return results;
  }

  /** Makes the net and the batches of a case ready. */
  static Begun begin(GoldenCase golden, Device device) throws UnsupportedCaseException {
    Attributes attributes = golden.attributes();
    Module net =
        ReferenceNets.named(attributes.text("model"), attributes.group("model_options")).to(device);
    net.load(startValues(golden));
    if (!attributes.text("loss").equals("cross_entropy")) {
      throw new UnsupportedCaseException("Kiln has no loss " + attributes.text("loss"));
    }
    if (attributes.has("text")) {
      // what the numbers in x stand for is for people
      attributes.text("text");
      attributes.text("vocabulary");
    }
    Optimizer optimizer =
        Optimizers.of(attributes.text("optimizer"), attributes.group("options"), net.parameters());
    HostTensor all = input(golden, "x");
    int size =
        attributes.isNull("batch_size") ? all.shape().dim(0) : attributes.integer("batch_size");
    return new Begun(
        device, net, optimizer, new Batches(all.to(device), input(golden, "y").to(device), size));
  }

  /** A run whose net has its start values. */
  record Begun(Device device, Module net, Optimizer optimizer, Batches batches) {
    /**
     * Trains.
     *
     * @return the loss of every step; of the first one the logits and all gradients
     */
    Map<String, HostTensor> take(int steps) {
      Map<String, HostTensor> results = new TreeMap<>();
      History losses = new History(steps);
      for (int i = 0; i < steps; i++) {
        try (Scope step = device.scope()) {
          Tensor logits = net.forward(batches.x(i));
          Tensor loss = Losses.crossEntropy(logits, batches.y(i).flatten(0));
          optimizer.zeroGrad();
          loss.backward();
          losses.add(loss);
          if (i == 0) {
            results.put("logits", HostTensor.of(logits));
            net.namedParameters()
                .forEach((name, p) -> results.put("grad." + name, gradient(name, p)));
          }
          optimizer.step();
        }
      }
      results.put("losses", losses.whole());
      return results;
    }

    /** What was learnt: all values of the net, and its logits for the first batch. */
    Map<String, HostTensor> end() {
      Map<String, HostTensor> results = new TreeMap<>();
      net.stateDict()
          .forEach(
              (name, values) -> {
                if (!name.endsWith(COUNTER)) {
                  results.put("final." + name, values);
                }
              });
      net.eval();
      try (Tape.Pause pause = Tape.pause()) {
        results.put("eval_logits", HostTensor.of(net.forward(batches.x(0))));
      }
      return results;
    }
  }

  private static Map<String, HostTensor> startValues(GoldenCase golden) {
    Map<String, HostTensor> values = new TreeMap<>();
    golden
        .inputs()
        .forEach(
            (name, input) -> {
              if (name.startsWith(INIT)) {
                values.put(name.substring(INIT.length()), input.values());
              }
            });
    return values;
  }

  private static HostTensor input(GoldenCase golden, String name) {
    GoldenCase.Input input = golden.inputs().get(name);
    if (input == null) {
      throw new IllegalArgumentException("case.json has no input " + name);
    }
    return input.values();
  }

  private static HostTensor gradient(String name, Tensor parameter) {
    Tensor gradient = parameter.grad();
    if (gradient == null) {
      throw new IllegalStateException(name + " got no gradient");
    }
    return HostTensor.of(gradient);
  }

  /** Rows in order, from the front again after the last. */
  record Batches(Tensor rows, Tensor labels, int size) {
    Tensor x(int step) {
      return part(rows, step);
    }

    Tensor y(int step) {
      return part(labels, step);
    }

    private Tensor part(Tensor whole, int step) {
      int n = whole.dim(0);
      int from = (int) ((long) step * size % n);
      int over = from + size - n;
      return over <= 0
          ? whole.slice(0, from, from + size)
          : Concat.apply(List.of(whole.slice(0, from, n), whole.slice(0, 0, over)), 0);
    }
  }
}
