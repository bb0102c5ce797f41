package dev.kiln;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Recorder;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A step while it is taken down. On its thread {@link #backend} stands in for the device's own:
 * calls that compute go to the {@link Recorder}, questions to the real backend, and what a replay
 * could not do is refused.
 */
final class Taking implements AutoCloseable {
  /** The one of a thread, if any. */
  private static final ThreadLocal<@Nullable Taking> HERE = new ThreadLocal<>();

  /** How many threads have one: every call of a backend looks whether there is any. */
  private static final AtomicInteger ANYWHERE = new AtomicInteger();

  private final Device device;
  private final Backend real;
  private final Recorder recorder;
  private final Backend backend;
  private final Retained retained;
  private final Set<Buffer> made = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Buffer> used = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Varying<?>> varying = new ArrayList<>();
  private final LeafGradients gradients = new LeafGradients();
  private @Nullable Varying<?> calling;
  private boolean finished;

  Taking(Device device, Backend real, Retained retained) {
    this.device = device;
    this.real = real;
    this.retained = retained;
    this.recorder = real.recorder();
    this.backend =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, this::invoke);
    HERE.set(this);
    ANYWHERE.incrementAndGet();
  }

  /** That of this thread on a device. */
  static @Nullable Taking here(Device device) {
    Taking now = here();
    return now != null && now.device == device ? now : null;
  }

  private static @Nullable Taking here() {
    return ANYWHERE.get() > 0 ? HERE.get() : null;
  }

  /** For what a replay would not do again. */
  static void refuseHere(String why) {
    if (here() != null) {
      throw refused(why);
    }
  }

  Backend backend() {
    return backend;
  }

  /** Whether it is one that replays write. */
  boolean hasMade(Tensor tensor) {
    return made.contains(tensor.buffer().whole());
  }

  /** The real backend, for what was there before the recording. */
  Backend backendThatHas(Buffer buffer) {
    if (made.contains(buffer.whole())) {
      throw refused(
          "it looks something up by "
              + buffer.size()
              + " integers that it has computed itself, and would have to read them back to know"
              + " that they are in range; let run() take them as an input");
    }
    return real;
  }

  /** What is to be advanced before each run but the first, in this order. */
  List<Varying<?>> varying() {
    return varying;
  }

  LeafGradients gradients() {
    return gradients;
  }

  void add(Varying<?> numbers) {
    varying.add(numbers);
  }

  Recorder.Replay finish() {
    Recorder.Replay calls = recorder.finish();
    gradients.finish();
    finished = true;
    return new Recorder.Replay() {
      @Override
      public void run() {
        calls.run();
      }

      @Override
      public void close() {
        gradients.close();
        letGo();
        calls.close();
      }
    };
  }

  /** What tensors still hold is theirs from here on. */
  private void letGo() {
    made.stream().filter(retained::letGo).forEach(real::release);
    used.stream().filter(retained::letGo).forEach(real::release);
  }

  /** Ends it; what was taken down is thrown away unless it was finished. */
  @Override
  public void close() {
    HERE.remove();
    ANYWHERE.decrementAndGet();
    if (!finished) {
      Varying.goBack(varying);
      gradients.abandon();
      letGo();
      recorder.abandon();
    }
  }

  /**
   * The one method that {@code call} makes is taken down without the numbers of {@code numbers}.
   */
  <S> void call(Varying<S> numbers, Recorder.VaryingCall<S> call) {
    calling = numbers;
    try {
      call.make(backend, numbers.current());
    } finally {
      calling = null;
    }
  }

  private @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    @Nullable Object[] given = arguments == null ? new Object[0] : arguments;
    switch (method.getName()) {
      case "allocate":
        Buffer buffer = recorder.allocate((DType) given(given, 0), (Integer) given(given, 1));
        made.add(buffer);
        retained.hold(buffer);
        return buffer;
      case "release":
        release((Buffer) given(given, 0));
        return null;
      case "adopt":
      case "upload":
        throw refused(
            "it gives values of the host to the device (Tensor.of, write), which would be the same"
                + " in every run; make the tensor before, and let run() take it as an input");
      case "download":
        throw refused(
            "it reads values back in its middle (item, toFloats, toInts, read); return the tensor"
                + " from the step and read it after run()");
      case "synchronize":
        throw refused("it waits for the device in its middle");
      case "recorder":
        throw refused("a recording runs in it");
      case "close":
        throw refused("it closes the device");
      default:
        if (method.getReturnType() != void.class) {
          return ask(method, given);
        }
        take(method, given);
        return null;
    }
  }

  private static Object given(@Nullable Object[] arguments, int index) {
    return Objects.requireNonNull(arguments[index]);
  }

  private static IllegalStateException refused(String why) {
    return new IllegalStateException("recording: the step cannot be recorded: " + why);
  }

  private void release(Buffer buffer) {
    if (made.remove(buffer)) {
      retained.letGo(buffer);
      recorder.release(buffer);
    } else if (used.contains(buffer)) {
      retained.released(buffer);
      throw refused(
          "it frees a tensor of "
              + buffer.size()
              + " elements that it has used and that was there before it, such as a gradient to"
              + " which it has added; call zeroGrad() in the step, before backward()");
    } else if (!retained.released(buffer)) {
      real.release(buffer);
    }
  }

  private Object ask(Method method, @Nullable Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void take(Method method, @Nullable Object[] arguments) throws IllegalAccessException {
    for (Object argument : arguments) {
      use(argument);
    }
    MethodHandle handle =
        MethodHandles.publicLookup()
            .unreflect(method)
            .asType(
                MethodHandles.publicLookup()
                    .unreflect(method)
                    .type()
                    .changeParameterType(0, Backend.class));
    Varying<?> numbers = calling;
    if (numbers == null) {
      MethodHandle bound = MethodHandles.insertArguments(handle, 1, arguments);
      recorder.take(on -> make(bound, on));
      return;
    }
    int place = 0;
    while (arguments[place] != numbers.current()) {
      place++;
    }
    MethodHandle rest =
        MethodHandles.insertArguments(
            handle, 2 + place, Arrays.copyOfRange(arguments, place + 1, arguments.length));
    MethodHandle bound =
        MethodHandles.insertArguments(rest, 1, Arrays.copyOfRange(arguments, 0, place));
    MethodHandle open = bound.asType(bound.type().changeParameterType(1, Object.class));
    recorder.take(numbers::current, (on, current) -> make(open, on, current));
  }

  private static void make(MethodHandle call, Backend on) {
    try {
      call.invokeExact(on);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static void make(MethodHandle call, Backend on, Object numbers) {
    try {
      call.invokeExact(on, numbers);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** The backend's methods declare nothing that is checked. */
  private static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return (RuntimeException) thrown;
  }

  /** Notes the buffers from outside in an argument, which may be a list or a record of some. */
  private void use(@Nullable Object argument) {
    if (argument instanceof Buffer buffer) {
      Buffer whole = buffer.whole();
      if (!made.contains(whole) && used.add(whole)) {
        retained.hold(whole);
      }
    } else if (argument instanceof List<?> list) {
      list.forEach(this::use);
    } else if (argument instanceof Record) {
      for (RecordComponent component : argument.getClass().getRecordComponents()) {
        try {
          use(component.getAccessor().invoke(argument));
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException("a record that cannot be read: " + argument, e);
        }
      }
    }
  }
}
