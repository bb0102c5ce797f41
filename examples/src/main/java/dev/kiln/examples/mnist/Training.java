package dev.kiln.examples.mnist;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.data.Batch;
import dev.kiln.data.DataLoader;
import dev.kiln.examples.LossLog;
import dev.kiln.examples.Progress;
import dev.kiln.examples.StepOptions;
import dev.kiln.examples.Steps;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Module;
import dev.kiln.ops.CrossEntropy;
import dev.kiln.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Trains a net with cross entropy, and measures how long that takes. */
final class Training {
  private final Device device;
  private final Module net;
  private final ScheduleChoice.Course course;
  private final DataLoader batches;
  private final Steps steps;
  private final LossLog log = new LossLog();
  private final List<Float> epochLosses = new ArrayList<>();
  private long images;
  private double firstStepSeconds;
  private double seconds;

  /**
   * @param net on the device
   * @param course of the optimizer's learning rate
   */
  Training(
      Device device,
      Module net,
      DataLoader batches,
      Optimizer optimizer,
      ScheduleChoice.Course course,
      CrossEntropy.Options options,
      StepOptions stepping) {
    this.device = device;
    this.net = net;
    this.batches = batches;
    this.course = course;
    this.steps =
        stepping.of(
            device,
            batch -> {
              Tensor y = net.forward(batch.get(0));
              Tensor loss = Losses.crossEntropy(y, batch.get(1), null, options);
              optimizer.zeroGrad();
              loss.backward();
              optimizer.step();
              return List.of(loss);
            });
  }

  /** Goes over all images once. */
  void epoch(Progress progress) {
    net.train();
    long begin = System.nanoTime();
    int firstOfEpoch = log.values().size();
    int seen = 0;
    List<Integer> sizes = new ArrayList<>();
    for (Batch batch : batches) {
      step(batch);
      if (firstStepSeconds == 0) {
        device.synchronize();
        firstStepSeconds = secondsSince(begin);
      }
      seen += batch.size();
      sizes.add(batch.size());
      progress.at(
          seen,
          log.note("loss %.3f, ")
              + String.format(Locale.ROOT, "%,.0f images/s", seen / secondsSince(begin)));
    }
    log.readAll();
    device.synchronize();
    seconds += secondsSince(begin);
    images += seen;
    float loss = mean(log.values().subList(firstOfEpoch, log.values().size()), sizes);
    epochLosses.add(loss);
    course.epoch(loss);
  }

  private void step(Batch batch) {
    try (Scope scope = device.scope()) {
      Tensor loss = steps.take(scope, batch.input(), batch.target()).get(0);
      course.batch();
      log.add(scope, loss);
    }
  }

  /** The mean over images: the last batch may be smaller. */
  private static float mean(List<Float> losses, List<Integer> sizes) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < losses.size(); i++) {
      sum += (double) losses.get(i) * sizes.get(i);
      count += sizes.get(i);
    }
    return (float) (sum / count);
  }

  private static double secondsSince(long begin) {
    return (System.nanoTime() - begin) * 1e-9;
  }

  /** The loss of every step. */
  List<Float> stepLosses() {
    return log.values();
  }

  /** The mean loss of every epoch. */
  List<Float> epochLosses() {
    return epochLosses;
  }

  /** From the first batch asked for until the device was done with it: kernels are built then. */
  double firstStepSeconds() {
    return firstStepSeconds;
  }

  /** All epochs, first step included, until the device was done; without evaluation. */
  double seconds() {
    return seconds;
  }

  /** Over all epochs, first step included. */
  double imagesPerSecond() {
    return images / seconds;
  }
}
