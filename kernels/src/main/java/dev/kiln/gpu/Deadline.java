package dev.kiln.gpu;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Waits only so long for what it has a thread of its own do. Nothing is stopped thereby: a kernel
 * cannot be. The thread keeps no JVM from ending.
 */
final class Deadline implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "kiln-tuning");
            made.setDaemon(true);
            return made;
          });

  private @Nullable Future<?> last;

  /**
   * What the task returns.
   *
   * @throws TimeoutException if it takes longer; it goes on, and {@link #ends} tells for how long
   * @throws RuntimeException that the task threw
   */
  <T> T within(Duration limit, Callable<T> task) throws TimeoutException {
    Future<T> future = thread.submit(task);
    last = future;
    try {
      return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException) {
        throw (RuntimeException) e.getCause();
      }
      if (e.getCause() instanceof Error) {
        throw (Error) e.getCause();
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a kernel was measured", e);
    }
  }

  /** Whether the last task ends after all, in that much time more. */
  boolean ends(Duration grace) {
    Future<?> task = last;
    if (task == null) {
      return true;
    }
    try {
      task.get(grace.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
