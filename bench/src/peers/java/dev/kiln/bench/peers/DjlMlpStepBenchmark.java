package dev.kiln.bench.peers;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The step of {@code dev.kiln.bench.MlpStepBenchmark}, by PyTorch through DJL. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DjlMlpStepBenchmark {
  private static final int BATCH = 256;

  private Model model;
  private Trainer trainer;
  private NDArray images;
  private NDArray labels;

  /** Builds 784-256-10 with Adam, and one batch. */
  @Setup(Level.Trial)
  public void open() {
    model = Model.newInstance("mlp", "PyTorch");
    model.setBlock(
        new SequentialBlock()
            .add(Linear.builder().setUnits(256).build())
            .add(Activation::relu)
            .add(Linear.builder().setUnits(10).build()));
    trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(
                    Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-3f)).build()));
    trainer.initialize(new Shape(BATCH, 784));
    NDManager manager = trainer.getManager();
    images = manager.randomUniform(0, 1, new Shape(BATCH, 784));
    labels = manager.arange(BATCH).mod(10).toType(DataType.FLOAT32, false);
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() {
    trainer.close();
    model.close();
  }

  /**
   * Forward, loss, backward, and Adam on every parameter.
   *
   * @return the loss, read back
   */
  @Benchmark
  public float step() {
    try (NDManager step = trainer.getManager().newSubManager()) {
      // DJL keeps what it computes with the operands' manager: both visit the one of this step.
      images.tempAttach(step);
      labels.tempAttach(step);
      NDArray loss;
      try (GradientCollector tape = trainer.newGradientCollector()) {
        NDList prediction = trainer.forward(new NDList(images));
        loss = trainer.getLoss().evaluate(new NDList(labels), prediction);
        tape.backward(loss);
      }
      trainer.step();
      return loss.getFloat();
    }
  }
}
