package dev.kiln.bench.peers;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.kiln.bench.engine.Task;
import dev.kiln.bench.work.TrainWork;
import java.util.HashMap;
import java.util.Map;

/** A training step, by DJL's trainer. */
final class DjlStep implements Task, AutoCloseable {
  /**
   * DJL adds eps to the root before its bias is corrected, and PyTorch after: in the second step,
   * the middle one of those compared, this comes to PyTorch's 1e-8.
   */
  private static final float EPS = 4.5e-10f;

  private final Model model;
  private final Trainer trainer;
  private final Loss criterion = Loss.softmaxCrossEntropyLoss();
  private final NDArray input;
  private final NDArray targets;
  private final Shape logits;
  private final int readEvery;
  private int steps;

  DjlStep(String engine, TrainWork work) {
    DjlNet net = new DjlNet(work.layers());
    model = Model.newInstance(work.name(), engine);
    model.setBlock(net.block());
    trainer =
        model.newTrainer(
            new DefaultTrainingConfig(criterion)
                .optOptimizer(
                    Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed((float) work.rate()))
                        .optEpsilon(EPS)
                        .build()));
    trainer.initialize(DjlOps.shape(work.inputShape()));
    net.fill();
    NDManager manager = trainer.getManager();
    input = DjlOps.array(manager, work.input(), work.inputShape());
    try (NDArray numbers = manager.create(work.targets())) {
      targets = numbers.toType(DataType.FLOAT32, true);
    }
    logits = new Shape(-1, work.classes());
    readEvery = work.readEvery();
  }

  @Override
  public void run() {
    step(++steps % readEvery == 0);
  }

  /**
   * @return the loss, or NaN if it is not read
   */
  private float step(boolean read) {
    try (NDManager step = trainer.getManager().newSubManager()) {
      // DJL keeps what it computes with the operands' manager: both visit the one of this step
      input.tempAttach(step);
      targets.tempAttach(step);
      NDArray loss;
      try (GradientCollector collector = trainer.newGradientCollector()) {
        NDArray output = trainer.forward(new NDList(input)).singletonOrThrow();
        NDArray rows = output.getShape().dimension() == 2 ? output : output.reshape(logits);
        loss = criterion.evaluate(new NDList(targets), new NDList(rows));
        collector.backward(loss);
      }
      trainer.step();
      return read ? loss.getFloat() : Float.NaN;
    }
  }

  @Override
  public Map<String, float[]> results() {
    Map<String, float[]> results = new HashMap<>();
    for (int i = 0; i < TrainWork.COMPARED_STEPS; i++) {
      results.put(TrainWork.result(i), new float[] {step(true)});
    }
    return results;
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }
}
