package dev.kiln;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.DeviceInfo;
import dev.kiln.backend.MemoryStatistics;
import dev.kiln.backend.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something that computes, opened: tensors live on it and its {@link Backend} does their
 * arithmetic. Closing it frees all that is left on it. Threads may share it: each has scopes and
 * recordings of its own, and gets what it would get alone.
 */
public final class Device implements AutoCloseable {
  private static final List<String> PREFERENCE = List.of("cuda", "opencl", "cpu");

  private final DeviceInfo info;
  private final Backend backend;
  private final ThreadLocal<@Nullable Scope> scope = new ThreadLocal<>();
  private final Retained retained = new Retained();
  private volatile boolean closed;

  private Device(DeviceInfo info, Backend backend) {
    this.info = info;
    this.backend = backend;
  }

  /** Every device of every API whose provider is present, best first. */
  public static List<DeviceInfo> list() {
    return providers().stream()
        .flatMap(provider -> provider.survey().devices().stream())
        .collect(Collectors.toList());
  }

  /** Why an API has no device, one sentence each; APIs that have one are not in it. */
  public static List<String> problems() {
    List<String> problems = new ArrayList<>();
    for (BackendProvider provider : providers()) {
      String problem = provider.survey().problem();
      if (problem != null) {
        problems.add(provider.api() + ": " + problem);
      }
    }
    return problems;
  }

  /**
   * Opens the first CUDA device, else the first OpenCL GPU, else the CPU. An OpenCL device that is
   * a CPU is never chosen: ask for it by name.
   */
  public static Device best() {
    for (BackendProvider provider : providers()) {
      for (DeviceInfo info : provider.survey().devices()) {
        if (info.kind() == DeviceInfo.Kind.GPU || provider.api().equals("cpu")) {
          return open(info.id());
        }
      }
    }
    throw new DeviceException("Device.best: no device at all: " + String.join("; ", problems()));
  }

  /**
   * Opens a device by name.
   *
   * @param id {@code cpu}, {@code opencl:0}, {@code cuda:0}; {@code opencl} and {@code cuda} mean
   *     the first. A number is written without zeros before it. {@code cpu:vector} and {@code
   *     cpu:scalar} force how the CPU computes
   * @throws DeviceException if it is not there: what was looked for, why it was not found, and what
   *     there is. No other device is taken instead
   */
  public static Device open(String id) {
    int colon = id.indexOf(':');
    String api = colon < 0 ? id : id.substring(0, colon);
    String selector = colon < 0 ? "" : id.substring(colon + 1);
    List<BackendProvider> providers = providers();
    for (BackendProvider provider : providers) {
      if (provider.api().equals(api)) {
        if (colon >= 0) {
          checkForm(api, selector);
        }
        Backend backend = provider.open(selector);
        return new Device(provider.describe(selector), backend);
      }
    }
    List<String> known = providers.stream().map(BackendProvider::api).toList();
    throw new DeviceException(
        "Device.open: \""
            + id
            + "\" is of no known API: it begins with one of "
            + String.join(", ", known)
            + (known.containsAll(PREFERENCE)
                ? ""
                : " (kiln-kernels on the class path adds opencl and cuda)"));
  }

  /** One name for each device: its number is written as {@link #list} does. */
  private static void checkForm(String api, String selector) {
    if (selector.isEmpty() || selector.matches("0+[0-9]+")) {
      String number = selector.isEmpty() ? "0" : selector.replaceFirst("^0+(?=[0-9])", "");
      throw new DeviceException(
          "Device.open: \""
              + api
              + ":"
              + selector
              + "\" is no device's name: "
              + (api.equals("cpu")
                  ? "there are cpu, cpu:vector and cpu:scalar"
                  : "write " + api + ":" + number + ", or " + api + " for the first"));
    }
  }

  /** A device over a backend that the caller made; for tests and for backends of one's own. */
  public static Device of(DeviceInfo info, Backend backend) {
    return new Device(info, backend);
  }

  private static List<BackendProvider> providers() {
    List<BackendProvider> found = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class, Device.class.getClassLoader()).forEach(found::add);
    found.sort((a, b) -> Integer.compare(PREFERENCE.indexOf(a.api()), PREFERENCE.indexOf(b.api())));
    return found;
  }

  /** What this device is. */
  public DeviceInfo info() {
    return info;
  }

  /** The arithmetic, for ops. */
  public Backend backend() {
    if (closed) {
      throw new IllegalStateException("device " + info.id() + " is closed");
    }
    Taking now = Taking.here(this);
    if (now == null) {
      Taking.refuseHere("it computes on a second device, " + info.id());
      return backend;
    }
    return now.backend();
  }

  // ------------------------------------------------------------------ recording

  /**
   * A step that is to be taken over and over on tensors of the same shapes: after two runs it is
   * replayed, call by call, with none of the work that leads to the calls.
   *
   * @param step computes; what else it does happens in the first two runs alone
   */
  public Recording record(Recording.Step step) {
    return new Recording(this, step);
  }

  /**
   * Numbers that are other ones at each run of a recording, for ops: {@code next} is asked now, and
   * before each later run. All that a step keeps count of is counted there.
   */
  public <S> Varying<S> varying(Supplier<S> next) {
    return varying(next, () -> {});
  }

  /**
   * The same for a {@code next} that counts, unless it throws.
   *
   * @param undo takes back what the latest call of {@code next} has counted: the run that it was
   *     for did not take place
   */
  public <S> Varying<S> varying(Supplier<S> next, Runnable undo) {
    Varying<S> numbers = new Varying<>(this, next, undo);
    Taking now = Taking.here(this);
    if (now != null) {
      now.add(numbers);
    }
    return numbers;
  }

  <S> void call(Varying<S> numbers, Recorder.VaryingCall<S> call) {
    Taking now = Taking.here(this);
    if (now == null) {
      call.make(backend(), numbers.current());
    } else {
      now.call(numbers, call);
    }
  }

  /** Whether this thread's calls are being taken down for a recording. */
  public boolean isRecording() {
    return Taking.here(this) != null;
  }

  /** Where integers can be read that are looked up by: a recording's own are not there yet. */
  Backend backendThatHas(Buffer buffer) {
    Backend here = backend();
    Taking now = Taking.here(this);
    return now == null ? here : now.backendThatHas(buffer);
  }

  /** Where a step that this thread is recording notes what it does with gradients. */
  @Nullable LeafGradients leafGradients() {
    Taking now = Taking.here(this);
    return now == null ? null : now.gradients();
  }

  Taking take() {
    return new Taking(this, backend(), retained);
  }

  /** The buffer's last tensor has closed. */
  void release(Buffer buffer) {
    Taking now = Taking.here(this);
    if (now != null) {
      now.backend().release(buffer);
    } else if (!retained.released(buffer)) {
      backend.release(buffer);
    }
  }

  // ------------------------------------------------------------------

  /** Bytes in use, cached, at most. */
  public MemoryStatistics memory() {
    return backend().memory();
  }

  /** Waits until everything asked of this device has been done. */
  public void synchronize() {
    backend().synchronize();
  }

  /**
   * Opens a scope: until it is closed, tensors made on this device by this thread belong to it and
   * are freed with it. Scopes nest.
   */
  public Scope scope() {
    return new Scope(this, scope.get());
  }

  @Nullable Scope currentScope() {
    return scope.get();
  }

  void enter(@Nullable Scope inner) {
    if (inner == null) {
      scope.remove();
    } else {
      scope.set(inner);
    }
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      backend.close();
    }
  }

  @Override
  public String toString() {
    return info.id() + " (" + info.name() + ")";
  }
}
