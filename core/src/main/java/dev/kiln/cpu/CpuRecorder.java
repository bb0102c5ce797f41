package dev.kiln.cpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Recorder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Calls in a list; a replay goes through it. */
final class CpuRecorder implements Recorder {
  private final CpuBackend backend;
  private final Map<Key, Deque<Buffer>> free = new HashMap<>();
  private final List<BackendCall> calls = new ArrayList<>();

  private record Key(DType dtype, int size) {}

  CpuRecorder(CpuBackend backend) {
    this.backend = backend;
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
    calls.add(call);
  }

  @Override
  public <S> void take(Supplier<S> numbers, VaryingCall<S> call) {
    calls.add(on -> call.make(on, numbers.get()));
  }

  @Override
  public Replay finish() {
    BackendCall[] list = calls.toArray(new BackendCall[0]);
    return new Replay() {
      @Override
      public void run() {
        for (BackendCall call : list) {
          call.make(backend);
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
