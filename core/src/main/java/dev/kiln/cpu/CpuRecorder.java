package dev.kiln.cpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Recorder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Calls in a list, which {@link CpuListing} makes of them; a replay goes through it. */
final class CpuRecorder implements Recorder {
  private final CpuBackend backend;
  private final Calls calls = Calls.listed();
  private final CpuListing listing;
  private final Map<Key, Deque<Buffer>> free = new HashMap<>();

  private record Key(DType dtype, int size) {}

  CpuRecorder(CpuBackend backend, Engine engine) {
    this.backend = backend;
    listing = new CpuListing(engine, calls);
  }

  @Override
  public Buffer allocate(DType dtype, int size) {
    Deque<Buffer> waiting = free.get(new Key(dtype, size));
    Buffer buffer = waiting == null ? null : waiting.pollLast();
    return buffer == null ? backend.allocate(dtype, size) : buffer;
  }

  @Override
  public void release(Buffer buffer) {
    free.computeIfAbsent(new Key(buffer.dtype(), buffer.size()), key -> new ArrayDeque<>())
        .addLast(buffer);
  }

  @Override
  public void take(BackendCall call) {
    call.make(listing);
  }

  @Override
  public <S> void take(Supplier<S> numbers, VaryingCall<S> call) {
    calls.next(numbers);
    call.make(listing, numbers.get());
  }

  @Override
  public Replay finish() {
    Runnable[] list = calls.all();
    return new Replay() {
      @Override
      public void run() {
        for (Runnable call : list) {
          call.run();
        }
      }

      @Override
      public void close() {
        abandon();
      }
    };
  }

  @Override
  public void abandon() {
    free.values().forEach(waiting -> waiting.forEach(backend::release));
    free.clear();
  }
}
