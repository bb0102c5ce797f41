package dev.kiln;

import dev.kiln.backend.Buffer;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An allocation that one or more tensors share. The last of them to close gives it back; a cleaner
 * is the net under tensors that nobody closed, and {@code -Dkiln.leaks=trace} reports what it
 * caught with the stack that made it.
 */
final class Storage {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final boolean TRACE = "trace".equals(System.getProperty("kiln.leaks"));
  private static final System.Logger LOG = System.getLogger("dev.kiln.leaks");

  private final Buffer buffer;
  private final AtomicInteger holders = new AtomicInteger(1);
  private final Cleaner.Cleanable cleanable;
  private final Release release;

  Storage(Device device, Buffer buffer) {
    this.buffer = buffer;
    this.release = new Release(device, buffer, TRACE ? new Throwable("allocated here") : null);
    this.cleanable = CLEANER.register(this, release);
  }

  Buffer buffer() {
    return buffer;
  }

  Storage share() {
    holders.incrementAndGet();
    return this;
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      release.wanted = true;
      cleanable.clean();
    }
  }

  /** Gives the buffer back; knows nothing of the storage, or it could never become unreachable. */
  private static final class Release implements Runnable {
    private final Device device;
    private final Buffer buffer;
    private final @Nullable Throwable made;
    private volatile boolean wanted;

    Release(Device device, Buffer buffer, @Nullable Throwable made) {
      this.device = device;
      this.buffer = buffer;
      this.made = made;
    }

    @Override
    public void run() {
      if (device.isClosed()) {
        return;
      }
      if (!wanted && made != null) {
        LOG.log(
            System.Logger.Level.WARNING,
            "leak: " + buffer.size() + " elements on " + device + " were never closed",
            made);
      }
      device.release(buffer);
    }
  }
}
