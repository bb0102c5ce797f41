package dev.kiln.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A small fixed team of daemon threads that shares out loops; the calling thread is one of them.
 *
 * <p>A worker that has run out of work stays awake for a part of a millisecond, so that the next
 * loop of a training step finds it there, and then parks. The team takes one loop at a time: a loop
 * started while it is busy, by another thread or from inside a task, runs on the thread that
 * started it. What a loop computes must not depend on which thread runs which task.
 */
final class Workers {
  private static final long SPIN_NANOS = 20_000;

  /**
   * How long a thread stays awake, offering its processor to others. Waking one that has parked can
   * take longer than many a loop does, on a virtual machine above all.
   */
  private static final long AWAKE_NANOS = 300_000;

  /**
   * How many elements a body gets at once. The JVM compiles what is called often long before it
   * compiles what loops long, and until then the Vector API is a hundred times slower.
   */
  private static final int AT_ONCE = 1024;

  private final Thread[] threads;

  /** Which threads sleep, or are about to: only they are woken, which takes a while even so. */
  private final AtomicIntegerArray asleep;

  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile @Nullable Loop current;
  private volatile boolean closed;

  /**
   * @param size how many threads compute, the caller included
   */
  Workers(int size) {
    threads = new Thread[Math.max(0, size - 1)];
    asleep = new AtomicIntegerArray(threads.length);
    for (int i = 0; i < threads.length; i++) {
      int own = i;
      threads[i] = new Thread(() -> work(own), "kiln-cpu-" + (i + 1));
      threads[i].setDaemon(true);
      threads[i].start();
    }
  }

  /** The team every CPU device shares: {@code kiln.cpu.threads}, else one thread a processor. */
  static Workers shared() {
    return Shared.WORKERS;
  }

  private static final class Shared {
    static final Workers WORKERS =
        new Workers(
            Integer.getInteger("kiln.cpu.threads", Runtime.getRuntime().availableProcessors()));
  }

  /** How many threads compute, the caller included. */
  int size() {
    return threads.length + 1;
  }

  /** Runs {@code task} for 0 … {@code tasks - 1}, in no order, and returns when all are done. */
  void run(int tasks, Task task) {
    if (tasks <= 1 || threads.length == 0 || !busy.compareAndSet(false, true)) {
      for (int i = 0; i < tasks; i++) task.run(i);
      return;
    }
    try {
      Loop loop = new Loop(tasks, task);
      current = loop;
      for (int i = 0; i < Math.min(tasks - 1, threads.length); i++) {
        if (asleep.get(i) != 0) LockSupport.unpark(threads[i]);
      }
      loop.help();
      loop.await();
    } finally {
      current = null;
      busy.set(false);
    }
  }

  /**
   * Runs {@code body} on pieces of 0 … {@code count}, shared out where each thread gets at least
   * {@code grain} elements. Where pieces begin depends on nothing, and they are whole vectors, so
   * that what a loop does with a few elements less than that happens at the very end alone.
   */
  void elements(int count, int grain, Range body) {
    if (count > 0) {
      rows(
          (count - 1) / AT_ONCE + 1,
          (grain - 1) / AT_ONCE + 1,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              body.run(i * AT_ONCE, (int) Math.min(count, (i + 1L) * AT_ONCE));
            }
          });
    }
  }

  /** Like {@link #elements}, but pieces may begin anywhere: for bodies that work row by row. */
  void rows(int count, int grain, Range body) {
    int pieces = size() == 1 ? 1 : Math.min(4 * size(), count / Math.max(1, grain));
    if (pieces > 1) {
      run(
          pieces,
          i ->
              body.run((int) ((long) count * i / pieces), (int) ((long) count * (i + 1) / pieces)));
    } else if (count > 0) {
      body.run(0, count);
    }
  }

  /** One piece of work, by its number. */
  interface Task {
    void run(int number);
  }

  /** Part of a loop: {@code from} up to, but without, {@code to}. */
  interface Range {
    void run(int from, int to);
  }

  /** Lets the threads end. Loops still run afterwards, on their callers. */
  void close() {
    closed = true;
    for (Thread thread : threads) LockSupport.unpark(thread);
  }

  private void work(int own) {
    Loop last = null;
    long idleSince = System.nanoTime();
    while (!closed) {
      Loop loop = current;
      if (loop != null && loop != last) {
        if (loop.help()) idleSince = System.nanoTime();
        last = loop;
      } else if (!pause(System.nanoTime() - idleSince)) {
        asleep.set(own, 1);
        // a loop that began before anybody could see that is there by now
        boolean none = current == null || current == last;
        last = null; // a finished loop must not be held while asleep
        if (none) LockSupport.park(this);
        asleep.set(own, 0);
        // who comes too late to help sleeps again soon: awake, it might hold the caller's processor
        idleSince = System.nanoTime() - AWAKE_NANOS + SPIN_NANOS;
      }
    }
  }

  /** Waits a moment without sleeping; false where the thread has been idle too long for that. */
  private static boolean pause(long idle) {
    if (idle < SPIN_NANOS) {
      Thread.onSpinWait();
    } else if (idle < AWAKE_NANOS) {
      Thread.yield();
    } else {
      return false;
    }
    return true;
  }

  /** One loop: tasks are claimed one by one, and counted when done. */
  private static final class Loop {
    private final int tasks;
    private final Task task;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger claimed = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile boolean callerSleeps;
    private volatile @Nullable Throwable failure;

    Loop(int tasks, Task task) {
      this.tasks = tasks;
      this.task = task;
    }

    /** Runs tasks until none is left to claim; whether there was any. */
    boolean help() {
      boolean helped = false;
      for (int i = claimed.getAndIncrement(); i < tasks; i = claimed.getAndIncrement()) {
        try {
          task.run(i);
        } catch (Throwable e) {
          failure = e;
        }
        if (done.incrementAndGet() == tasks && callerSleeps) LockSupport.unpark(caller);
        helped = true;
      }
      return helped;
    }

    void await() {
      long start = System.nanoTime();
      while (done.get() < tasks) {
        if (!pause(System.nanoTime() - start)) {
          callerSleeps = true;
          if (done.get() < tasks) LockSupport.park(this);
        }
      }
      Throwable thrown = failure;
      if (thrown instanceof RuntimeException e) throw e;
      if (thrown instanceof Error e) throw e;
    }
  }
}
