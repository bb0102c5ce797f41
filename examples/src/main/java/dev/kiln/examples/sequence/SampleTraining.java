package dev.kiln.examples.sequence;

import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.examples.Demo;
import dev.kiln.examples.LossLog;
import dev.kiln.examples.Progress;
import dev.kiln.nn.Module;
import dev.kiln.optim.Adam;
import dev.kiln.optim.ClipGrad;
import dev.kiln.optim.Optimizer;
import java.util.Arrays;
import java.util.List;

/**
 * Goes over samples in random order, a batch at a time, with Adam. Gradients longer than 1 are
 * clipped: now and then one of a recurrent net is very long. In the last third of the steps the
 * learning rate falls to nothing.
 */
final class SampleTraining {
  private static final double LONGEST_GRADIENT = 1;

  private final Demo demo;
  private final Module net;
  private final int samples;
  private final int batch;
  private final int epochs;
  private final double lr;
  private final Dice order;
  private final Optimizer optimizer;
  private final LossLog log = new LossLog();
  private int step;

  /** What the net loses on some samples. */
  interface Loss {
    /**
     * @param samples which, by number
     * @return a single number
     */
    Tensor of(int[] samples);
  }

  /**
   * @param samples how many there are
   * @param epochs how often it will go over them
   */
  SampleTraining(Demo demo, Module net, int samples, int batch, int epochs, double lr, Dice order) {
    this.demo = demo;
    this.net = net;
    this.samples = samples;
    this.batch = batch;
    this.epochs = epochs;
    this.lr = lr;
    this.order = order;
    this.optimizer = new Adam(net.parameters(), lr);
  }

  /**
   * Goes over all samples once.
   *
   * @return the mean loss of its steps
   */
  double epoch(int number, Loss loss) {
    net.train();
    int first = log.values().size();
    int[] shuffled = order.permutation(samples);
    try (Progress progress = demo.progress("Epoch " + number + "/" + epochs, samples, "samples")) {
      for (int from = 0; from < samples; from += batch) {
        int to = Math.min(samples, from + batch);
        step(Arrays.copyOfRange(shuffled, from, to), loss);
        progress.at(to, log.note("loss %.3f"));
      }
    }
    log.readAll();
    List<Float> ofEpoch = log.values().subList(first, log.values().size());
    return ofEpoch.stream().mapToDouble(Float::doubleValue).average().orElse(Double.NaN);
  }

  private void step(int[] chosen, Loss loss) {
    try (Scope scope = demo.device().scope()) {
      Tensor value = loss.of(chosen);
      optimizer.zeroGrad();
      value.backward();
      ClipGrad.norm(net.parameters(), LONGEST_GRADIENT);
      optimizer.lr(lr * share(step++, (long) epochs * ((samples - 1) / batch + 1)));
      optimizer.step();
      log.add(scope, value);
    }
  }

  /** The share of the learning rate that a step takes. */
  static double share(int step, long steps) {
    return Math.min(1, 3.0 * (steps - step) / steps);
  }

  /** The loss of every step. */
  List<Float> losses() {
    return log.values();
  }
}
