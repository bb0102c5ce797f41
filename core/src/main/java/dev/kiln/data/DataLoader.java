package dev.kiln.data;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Shape;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a dataset into batches; each {@code for} over it is one epoch. A thread prepares the next
 * batches while the caller computes. It never waits for the caller, so a loop may be left at any
 * point, and it ends by itself when there is nothing to do.
 *
 * <pre>{@code
 * for (Batch batch : DataLoader.of(device, mnist.train(), 64).shuffled(seed)) {
 *   try (Scope step = device.scope()) {
 *     Tensor loss = Losses.crossEntropy(net.forward(batch.input()), batch.target());
 *   }
 * }
 * }</pre>
 */
public final class DataLoader implements Iterable<Batch> {
  /** Batches that are ready or in the making while one is worked on. */
  private static final int AHEAD = 2;

  private static final long IDLE_SECONDS = 1;

  /** The first stream of shuffles, away from those that weights and masks draw with this seed. */
  private static final long SHUFFLES = 1L << 62;

  /** The first stream of augmentations; each sample of each epoch has {@link #DRAWS} of them. */
  private static final long AUGMENTATIONS = 1L << 61;

  private static final int DRAWS = 16;

  private final Device device;
  private final Dataset dataset;
  private final int batch;
  private final @Nullable Long seed;
  private final boolean dropLast;
  private final @Nullable Augmented augmented;
  private final AtomicInteger epochs = new AtomicInteger();
  private final ThreadPoolExecutor preparing;

  /** What is done to each sample, and what settles it. */
  private record Augmented(Augmentation how, long seed) {}

  private DataLoader(
      Device device,
      Dataset dataset,
      int batch,
      @Nullable Long seed,
      boolean dropLast,
      @Nullable Augmented augmented) {
    this.device = device;
    this.dataset = dataset;
    this.batch = batch;
    this.seed = seed;
    this.dropLast = dropLast;
    this.augmented = augmented;
    this.preparing =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), DataLoader::thread);
    preparing.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "kiln-loader");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Batches in the dataset's order, the last one smaller where the size does not divide.
   *
   * @param device where the batches' tensors are made
   * @param batch samples in a batch
   */
  public static DataLoader of(Device device, Dataset dataset, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("loader: a batch has at least 1 sample, not " + batch);
    }
    return new DataLoader(device, dataset, batch, null, false, null);
  }

  /** A loader in random order, another one each epoch: a function of seed and epoch alone. */
  public DataLoader shuffled(long by) {
    return new DataLoader(device, dataset, batch, by, dropLast, augmented);
  }

  /** A loader that leaves out a last batch that is smaller than the others. */
  public DataLoader dropLast() {
    return new DataLoader(device, dataset, batch, seed, true, augmented);
  }

  /**
   * A loader that changes each input on its way into a batch, in the loader's thread: a function of
   * seed, epoch and sample alone.
   */
  public DataLoader augmented(Augmentation how, long by) {
    return new DataLoader(device, dataset, batch, seed, dropLast, new Augmented(how, by));
  }

  /** How many batches an epoch has. */
  public int size() {
    int whole = dataset.size() / batch;
    return dropLast || dataset.size() % batch == 0 ? whole : whole + 1;
  }

  /** The next epoch: the first call begins with epoch 0. */
  @Override
  public Iterator<Batch> iterator() {
    return new Epoch(epochs.getAndIncrement());
  }

  /** A given epoch, as {@link #iterator} gives it; does not change which is next. */
  public Iterable<Batch> epoch(int number) {
    return () -> new Epoch(number);
  }

  /** What is ready before there are tensors. */
  private record Prepared(Shape shape, float[] inputs, int[] targets) {}

  private final class Epoch implements Iterator<Batch> {
    private final int number;
    private final int @Nullable [] order;
    private final Queue<Future<Prepared>> ahead = new ArrayDeque<>();
    private int asked;
    private int given;

    Epoch(int number) {
      this.number = number;
      this.order =
          seed == null ? null : Generator.permutation(seed, SHUFFLES + number, dataset.size());
      while (asked < Math.min(AHEAD, size())) {
        ask();
      }
    }

    private void ask() {
      int index = asked++;
      FutureTask<Prepared> task = new FutureTask<>(() -> prepare(index));
      ahead.add(task);
      preparing.execute(task);
    }

    private Prepared prepare(int index) {
      int from = index * batch;
      int n = Math.min(batch, dataset.size() - from);
      Shape one = dataset.inputShape();
      int[] extents = new int[one.rank() + 1];
      extents[0] = n;
      System.arraycopy(one.toArray(), 0, extents, 1, one.rank());
      float[] inputs = new float[n * one.size()];
      int[] targets = new int[n];
      for (int i = 0; i < n; i++) {
        int sample = order == null ? from + i : order[from + i];
        dataset.read(sample, inputs, i * one.size());
        if (augmented != null) {
          augmented.how.apply(inputs, i * one.size(), one, numbers(augmented.seed, sample));
        }
        targets[i] = dataset.target(sample);
      }
      return new Prepared(Shape.of(extents), inputs, targets);
    }

    private Generator numbers(long by, int sample) {
      long place = (long) number * dataset.size() + sample;
      return new Generator(by, AUGMENTATIONS + DRAWS * place);
    }

    @Override
    public boolean hasNext() {
      return given < size();
    }

    @Override
    public Batch next() {
      Future<Prepared> first = ahead.poll();
      if (first == null) {
        throw new NoSuchElementException("loader: the epoch has " + size() + " batches");
      }
      int index = given++;
      if (asked < size()) {
        ask();
      }
      try {
        Prepared prepared = first.get();
        return new Batch(device, prepared.shape, prepared.inputs, prepared.targets);
      } catch (ExecutionException e) {
        throw new IllegalStateException(
            "loader: batch " + index + " of epoch " + number + " failed: " + e.getCause(),
            e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("loader: interrupted while waiting for batch " + index, e);
      }
    }
  }
}
