package dev.kiln.cases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Recording;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.nn.BatchNorm2d;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Dropout;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Losses;
import dev.kiln.nn.Lstm;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Module;
import dev.kiln.nn.ReLU;
import dev.kiln.nn.Sequential;
import dev.kiln.optim.Adam;
import dev.kiln.optim.ClipGrad;
import dev.kiln.optim.Optimizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Threads that share a device get what each of them gets alone, bit for bit. A backend's tests
 * extend it with their device.
 */
public abstract class ThreadCases {
  private static final int THREADS = 4;
  private static final int STEPS = 8;
  private static final int CLASSES = 5;

  protected abstract Device open();

  private static Module images() {
    return Sequential.of(
        new Conv2d(1, 4, 3).padding(1),
        new BatchNorm2d(4),
        new ReLU(),
        new MaxPool2d(2),
        new Flatten(),
        new Dropout(0.3),
        new Linear(4 * 3 * 3, 33),
        new ReLU(),
        new Linear(33, CLASSES));
  }

  private static Module sequences() {
    return Sequential.of(new Lstm(6, 9).layers(2), new Linear(9, CLASSES));
  }

  /** Losses of some steps of a net of the thread's own, and where that ends. */
  private static List<float[]> train(Device device, int number, boolean recorded) {
    boolean letters = number % 2 == 1;
    List<float[]> seen = new ArrayList<>();
    try (Scope all = device.scope()) {
      Module net = letters ? sequences() : images();
      net.to(device, new Generator(number)).train();
      Optimizer adam = new Adam(net.parameters(), 0.01);
      int rows = letters ? 5 * 3 : 8;
      float[] values = new Generator(number).normal(letters ? rows * 6 : rows * 36, 0, 1);
      Tensor x =
          letters ? Tensor.of(device, values, 5, 3, 6) : Tensor.of(device, values, 8, 1, 6, 6);
      Recording.Step step =
          in -> {
            Tensor loss =
                Losses.crossEntropy(net.forward(in.get(0)).reshape(-1, CLASSES), in.get(1));
            adam.zeroGrad();
            loss.backward();
            Tensor norm = ClipGrad.norm(net.parameters(), 0.7);
            adam.step();
            return List.of(loss, norm);
          };
      try (Recording recording = device.record(step)) {
        for (int i = 0; i < STEPS; i++) {
          try (Scope scope = device.scope()) {
            Tensor labels = Tensor.of(device, RecordingCases.labels(rows, i), rows);
            List<Tensor> made = recorded ? recording.run(x, labels) : step.take(List.of(x, labels));
            made.forEach(result -> seen.add(result.toFloats()));
          }
        }
      }
      net.parameters().forEach(parameter -> seen.add(parameter.toFloats()));
    }
    return seen;
  }

  /** What each of them returns, all begun at once. */
  private static <T> List<T> together(List<Callable<T>> works) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(works.size());
    try {
      CyclicBarrier begin = new CyclicBarrier(works.size());
      List<Future<T>> running = new ArrayList<>();
      for (Callable<T> work : works) {
        running.add(
            threads.submit(
                () -> {
                  begin.await();
                  return work.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        try {
          results.add(one.get());
        } catch (ExecutionException e) {
          throw new AssertionError("a thread failed", e.getCause());
        }
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private void trainTogether(boolean recorded) throws Exception {
    try (Device device = open()) {
      long before = device.memory().used();
      List<Callable<List<float[]>>> works = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        works.add(() -> train(device, number, recorded));
      }
      List<List<float[]>> together = together(works); // first: it is they who build the kernels
      List<List<float[]>> alone = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        alone.add(train(device, i, false));
      }
      assertThat(together).usingRecursiveComparison().isEqualTo(alone);
      assertThat(device.memory().used()).isEqualTo(before);
    }
  }

  @Test
  void eachTrainsItsOwnNet() throws Exception {
    trainTogether(false);
  }

  @Test
  void eachRecordsItsOwnStep() throws Exception {
    trainTogether(true);
  }

  @Test
  void allAskOneNet() throws Exception {
    try (Device device = open();
        Scope all = device.scope()) {
      Module net = images().to(device, new Generator(3)).eval();
      float[] values = new Generator(4).normal(8 * 36, 0, 1);
      Callable<List<float[]>> ask =
          () -> {
            List<float[]> answers = new ArrayList<>();
            try (Tape.Pause pause = Tape.pause()) {
              for (int i = 0; i < STEPS; i++) {
                try (Scope scope = device.scope()) {
                  answers.add(net.forward(Tensor.of(device, values, 8, 1, 6, 6)).toFloats());
                }
              }
            }
            return answers;
          };
      List<List<float[]>> together = together(Collections.nCopies(THREADS, ask));
      List<float[]> alone = ask.call();
      for (List<float[]> answers : together) {
        assertThat(answers).usingRecursiveComparison().isEqualTo(alone);
      }
    }
  }
}
