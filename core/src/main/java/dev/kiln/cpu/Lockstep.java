package dev.kiln.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Steps in parts, where a step needs all parts of the one before. A thread has its own part, whose
 * weights its cache keeps, and then takes what nobody has begun: one that waits for a processor, or
 * has not woken up yet, holds nobody.
 */
final class Lockstep {
  /** From part to part: each counter in lines of the cache of its own. */
  private static final int APART = 32;

  private static final long SPIN_NANOS = 20_000;

  private final int parts;
  private final int steps;
  private final Part body;

  /** For each part the first step nobody has begun. */
  private final AtomicIntegerArray begun;

  private final AtomicInteger done = new AtomicInteger();
  private volatile boolean failed;

  private Lockstep(int parts, int steps, Part body) {
    this.parts = parts;
    this.steps = steps;
    this.body = body;
    begun = new AtomicIntegerArray(parts * APART);
  }

  /** One part of a step. */
  interface Part {
    void run(int part, int step);
  }

  /** Runs {@code body} for all parts of all steps. */
  static void run(Workers workers, int parts, int steps, Part body) {
    Lockstep all = new Lockstep(parts, steps, body);
    workers.run(parts, all::follow);
  }

  /** All steps, from one thread's point of view. */
  private void follow(int own) {
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < parts; i++) {
        int part = (own + i) % parts;
        if (begun.get(part * APART) == step && begun.compareAndSet(part * APART, step, step + 1)) {
          run(part, step);
        }
      }
      if (!await((step + 1) * parts)) {
        return;
      }
    }
  }

  private void run(int part, int step) {
    boolean whole = false;
    try {
      body.run(part, step);
      whole = true;
    } finally {
      if (!whole) {
        failed = true;
      }
      done.incrementAndGet();
    }
  }

  /** Whether so many parts of steps came to their end. */
  private boolean await(int count) {
    if (done.get() < count) {
      long start = System.nanoTime();
      while (done.get() < count && !failed) {
        if (System.nanoTime() - start < SPIN_NANOS) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
    }
    return !failed;
  }
}
