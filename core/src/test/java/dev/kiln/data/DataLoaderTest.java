package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataLoaderTest {
  private final Device device = Device.open("cpu");

  @AfterEach
  void close() {
    device.close();
  }

  /** Sample i is (i, -i) and of class i. */
  private static Dataset numbers(int n) {
    float[] inputs = new float[2 * n];
    for (int i = 0; i < n; i++) {
      inputs[2 * i] = i;
      inputs[2 * i + 1] = -i;
    }
    return Dataset.of(inputs, IntStream.range(0, n).toArray(), 2);
  }

  private List<Integer> labels(Iterable<Batch> loader) {
    List<Integer> labels = new ArrayList<>();
    for (Batch batch : loader) {
      for (int label : batch.labels()) {
        labels.add(label);
      }
    }
    return labels;
  }

  @Test
  void batchesComeInOrderAndTheLastIsSmaller() {
    List<String> shapes = new ArrayList<>();
    List<Float> inputs = new ArrayList<>();
    DataLoader loader = DataLoader.of(device, numbers(7), 3);
    assertThat(loader.size()).isEqualTo(3);
    for (Batch batch : loader) {
      try (Scope step = device.scope()) {
        shapes.add(batch.input().shape() + " " + batch.target().shape() + " " + batch.size());
        for (float value : batch.input().toFloats()) {
          inputs.add(value);
        }
        assertThat(batch.target().toInts()).isEqualTo(batch.labels());
      }
    }
    assertThat(shapes).containsExactly("[3, 2] [3] 3", "[3, 2] [3] 3", "[1, 2] [1] 1");
    assertThat(inputs.subList(8, 14)).containsExactly(4f, -4f, 5f, -5f, 6f, -6f);
    assertThat(labels(loader)).containsExactly(0, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void dropLastLeavesTheSmallBatchOut() {
    DataLoader loader = DataLoader.of(device, numbers(7), 3).dropLast();
    assertThat(loader.size()).isEqualTo(2);
    assertThat(labels(loader)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(labels(DataLoader.of(device, numbers(2), 3).dropLast())).isEmpty();
    assertThat(labels(DataLoader.of(device, numbers(0), 3))).isEmpty();
  }

  @Test
  void shufflingGivesEverySampleOnceInAnotherOrderEachEpoch() {
    DataLoader loader = DataLoader.of(device, numbers(100), 8).shuffled(3);
    List<Integer> first = labels(loader);
    List<Integer> second = labels(loader);
    assertThat(first).isNotEqualTo(second);
    List<Integer> all = IntStream.range(0, 100).boxed().toList();
    assertThat(first).isNotEqualTo(all).containsExactlyInAnyOrderElementsOf(all);
    assertThat(second).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void theOrderIsAFunctionOfSeedAndEpoch() {
    List<Integer> first = labels(DataLoader.of(device, numbers(50), 8).shuffled(3));
    DataLoader other = DataLoader.of(device, numbers(50), 7).shuffled(3);
    assertThat(labels(other)).isEqualTo(first);
    List<Integer> second = labels(other);
    assertThat(labels(other.epoch(0))).isEqualTo(first);
    assertThat(labels(other.epoch(1))).isEqualTo(second);
    assertThat(labels(other.shuffled(4))).isNotEqualTo(first);
  }

  @Test
  void inputsAndTargetsStayTogetherWhenShuffled() {
    for (Batch batch : DataLoader.of(device, numbers(40), 6).shuffled(1)) {
      try (Scope step = device.scope()) {
        float[] inputs = batch.input().toFloats();
        int[] labels = batch.labels();
        for (int i = 0; i < labels.length; i++) {
          assertThat(inputs[2 * i]).isEqualTo(labels[i]);
          assertThat(inputs[2 * i + 1]).isEqualTo(-labels[i]);
        }
      }
    }
  }

  @Test
  void anErrorOfTheDatasetReachesTheCaller() {
    Dataset broken =
        new Dataset() {
          @Override
          public int size() {
            return 6;
          }

          @Override
          public Shape inputShape() {
            return Shape.of(1);
          }

          @Override
          public void read(int index, float[] destination, int offset) {
            if (index == 3) {
              throw new IllegalArgumentException("sample 3 is unreadable");
            }
          }

          @Override
          public int target(int index) {
            return 0;
          }
        };
    Iterator<Batch> batches = DataLoader.of(device, broken, 2).iterator();
    assertThat(batches.next().size()).isEqualTo(2);
    assertThatThrownBy(batches::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("loader: batch 1 of epoch 0 failed")
        .hasMessageContaining("sample 3 is unreadable")
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLoopThatIsLeftEarlyLeavesNoThread() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      for (Batch batch : DataLoader.of(device, numbers(1000), 2)) {
        assertThat(batch.size()).isEqualTo(2);
        break;
      }
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (loaderThreads() > 0 && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    assertThat(loaderThreads()).isZero();
  }

  private static long loaderThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("kiln-loader"))
        .count();
  }

  @Test
  void anEpochThatIsOverSaysSo() {
    Iterator<Batch> batches = DataLoader.of(device, numbers(2), 2).iterator();
    batches.next();
    assertThat(batches.hasNext()).isFalse();
    assertThatThrownBy(batches::next)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("loader: the epoch has 1 batches");
  }

  @Test
  void aBatchsTensorsEndWithTheScopeTheyWereAskedForIn() {
    Batch batch = DataLoader.of(device, numbers(2), 2).iterator().next();
    try (Scope step = device.scope()) {
      assertThat(batch.input()).isSameAs(batch.input());
    }
    assertThatThrownBy(batch::input)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended with the scope in which they were first asked for");
    assertThat(batch.labels()).containsExactly(0, 1);
  }

  @Test
  void aBatchHasAtLeastOneSample() {
    assertThatThrownBy(() -> DataLoader.of(device, numbers(2), 0))
        .hasMessage("loader: a batch has at least 1 sample, not 0");
  }
}
