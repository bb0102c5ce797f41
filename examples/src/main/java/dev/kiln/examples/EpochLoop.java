package dev.kiln.examples;

import com.google.gson.JsonArray;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.optim.Optimizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Trains epoch by epoch, each batch a step of one optimizer, and says how the loss goes.
 *
 * <pre>{@code
 * EpochLoop loop = new EpochLoop(demo, new Adam(net.parameters(), 1e-3), 10, "error");
 * for (int epoch = 0; epoch < 10; epoch++) {
 *   loop.epoch(batches, batches.size(), batch -> Losses.mse(net.forward(batch.input()), ...));
 * }
 * }</pre>
 */
public final class EpochLoop {
  private final Demo demo;
  private final Optimizer optimizer;
  private final int epochs;
  private final String name;
  private final LossLog log = new LossLog();
  private final List<Float> epochLosses = new ArrayList<>();

  /**
   * @param epochs how many there will be
   * @param name what the loss is called: "cross entropy"
   */
  public EpochLoop(Demo demo, Optimizer optimizer, int epochs, String name) {
    this.demo = demo;
    this.optimizer = optimizer;
    this.epochs = epochs;
    this.name = name;
  }

  /** What is to become small. */
  public interface Loss<B> {
    /** The loss over a batch, a single number; its tensors end with the step. */
    Tensor of(B batch);
  }

  /**
   * Goes over all batches once.
   *
   * @param count how many batches there are
   * @return the mean loss
   * @throws ArithmeticException if it is no number any more
   */
  public <B> float epoch(Iterable<B> batches, int count, Loss<? super B> loss) {
    String title = "Epoch " + (epochLosses.size() + 1) + "/" + epochs;
    long begin = System.nanoTime();
    int first = log.values().size();
    try (Progress progress = demo.progress(title, count, "batches")) {
      int done = 0;
      for (B batch : batches) {
        step(batch, loss);
        progress.at(++done, log.note(name + " %.4f"));
      }
    }
    log.readAll();
    float mean = mean(log.values().subList(first, log.values().size()));
    epochLosses.add(mean);
    demo.say("%s %s %.4f, %.1f s", title, name, mean, (System.nanoTime() - begin) * 1e-9);
    if (Float.isNaN(mean)) {
      throw new ArithmeticException("the loss is no number any more; a smaller --lr may help");
    }
    return mean;
  }

  private <B> void step(B batch, Loss<? super B> what) {
    try (Scope scope = demo.device().scope()) {
      Tensor loss = what.of(batch);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      log.add(scope, loss);
    }
  }

  private static float mean(List<Float> losses) {
    return (float) losses.stream().mapToDouble(Float::doubleValue).average().orElse(Double.NaN);
  }

  /** The loss of every step. */
  public List<Float> stepLosses() {
    return log.values();
  }

  /** The mean loss of every epoch. */
  public List<Float> epochLosses() {
    return Collections.unmodifiableList(epochLosses);
  }

  /** Likewise, for the figures. */
  public JsonArray asJson() {
    JsonArray losses = new JsonArray();
    epochLosses.forEach(losses::add);
    return losses;
  }
}
