package dev.kiln.bench.work;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole training step on one batch, which stays the same: forward, cross entropy, backward, Adam
 * on all parameters, the loss read back, in every step or in every n-th.
 *
 * @param layers the net, from input to logits
 * @param inputShape the batch first; spellers take one-hot characters {@code [batch, steps,
 *     characters]}
 * @param targets one a row of the logits
 * @param rate Adam's learning rate
 * @param readEvery 1 if each step's loss is read, n if every n-th one is: the steps between are
 *     queued, and no engine has to wait for one
 */
public record TrainWork(
    String name,
    List<Layer> layers,
    int[] inputShape,
    float[] input,
    int[] targets,
    int classes,
    double rate,
    int readEvery)
    implements Work {

  /** The losses of so many first steps are compared. */
  public static final int COMPARED_STEPS = 3;

  /** A loss comes of sums of sums; this many terms allow 2e-5 of it. */
  private static final int TERMS = 100;

  private static final double RATE = 1e-3;

  /**
   * Of hihello, whose step is so short that a minute holds a million of them: by then a larger one
   * has driven its units to where gradients are no normal numbers any more.
   */
  private static final double SLOW_RATE = 1e-5;

  static Optional<TrainWork> read(String name) {
    return Name.read(name, "(?<step>.+)-read<n>")
        .flatMap(
            read -> {
              Name.checkPositive(name, read.number("n"));
              return step(read.text("step")).map(step -> step.reading(name, read.number("n")));
            })
        .or(() -> step(name));
  }

  private static Optional<TrainWork> step(String name) {
    return mlp(name)
        .or(() -> images(name, "cnn-mnist-b<b>", Nets.cnn()))
        .or(() -> images(name, "inception-mnist-b<b>", Nets.inception()))
        .or(() -> hihello(name))
        .or(() -> longseq(name));
  }

  private TrainWork reading(String called, int every) {
    return new TrainWork(called, layers, inputShape, input, targets, classes, rate, every);
  }

  private static Optional<TrainWork> mlp(String name) {
    return Name.read(name, "mlp-<i>-<h>-<o>-b<b>")
        .map(
            read -> {
              int in = read.number("i");
              int hidden = read.number("h");
              int out = read.number("o");
              int batch = read.number("b");
              Name.checkPositive(name, in, hidden, out, batch);
              return pixels(name, Nets.mlp(in, hidden, out), out, batch, in);
            });
  }

  private static Optional<TrainWork> images(String name, String format, List<Layer> net) {
    return Name.read(name, format)
        .map(
            read -> {
              int batch = read.number("b");
              Name.checkPositive(name, batch);
              return pixels(name, net, 10, batch, 1, 28, 28);
            });
  }

  private static TrainWork pixels(String name, List<Layer> net, int classes, int... shape) {
    float[] input = Data.uniform("input", 0, 1, shape);
    int[] targets = Data.classes("targets", shape[0], classes);
    return new TrainWork(name, net, shape, input, targets, classes, RATE, 1);
  }

  private static Optional<TrainWork> hihello(String name) {
    return Name.read(name, "hihello-b<b>t<t>h<h>")
        .map(
            read -> {
              int hidden = read.number("h");
              List<Layer> net = Nets.speller(hidden, hidden, 1, false);
              return speller(name, net, read.number("b"), read.number("t"), hidden, SLOW_RATE);
            });
  }

  private static Optional<TrainWork> longseq(String name) {
    return Name.read(name, "longseq-b<b>t<t>h<h>x<l>")
        .map(
            read -> {
              int hidden = read.number("h");
              List<Layer> net = Nets.speller(hidden, hidden, read.number("l"), true);
              Name.checkPositive(name, read.number("l"));
              return speller(name, net, read.number("b"), read.number("t"), hidden, RATE);
            });
  }

  /** As in the demos, as many characters as units. */
  private static TrainWork speller(
      String name, List<Layer> net, int batch, int steps, int characters, double rate) {
    Name.checkPositive(name, batch, steps, characters);
    int rows = batch * steps;
    int[] given = Data.classes("input", rows, characters);
    float[] oneHot = new float[rows * characters];
    for (int i = 0; i < rows; i++) {
      oneHot[i * characters + given[i]] = 1;
    }
    int[] targets = Data.classes("targets", rows, characters);
    int[] shape = {batch, steps, characters};
    return new TrainWork(name, net, shape, oneHot, targets, characters, rate, 1);
  }

  /** What the loss of a step, from 0 on, is called. */
  public static String result(int step) {
    return "loss of step " + step;
  }

  @Override
  public String family() {
    return "TrainStep";
  }

  @Override
  public Map<String, Integer> results() {
    Map<String, Integer> results = new LinkedHashMap<>();
    for (int i = 0; i < COMPARED_STEPS; i++) {
      results.put(result(i), TERMS);
    }
    return results;
  }
}
