package dev.kiln.gpu;

import dev.kiln.DType;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Recorder;
import dev.kiln.gpu.driver.Command;
import dev.kiln.gpu.driver.DeviceMemory;
import dev.kiln.gpu.driver.Driver;
import dev.kiln.gpu.driver.Prepared;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a second backend, which shares the kernels of the first, work through a driver that lists its
 * commands. Numbers that change from run to run are not arguments of its launches but lie in
 * memory, in the order in which launches ask for a place.
 */
final class GpuRecorder implements Recorder {
  private final Driver driver;
  private final MemoryPool pool;
  private final ListingDriver listing;
  private final MemoryPool own;
  private final GpuBackend lister;
  private final List<Numbers<?>> numbers = new ArrayList<>();
  private final DeviceMemory anyPlace = new AnyPlace();
  private int words;
  private @Nullable Supplier<?> varying;
  private @Nullable DeviceMemory numbersMemory;

  GpuRecorder(Driver driver, MemoryPool pool, KernelLibrary kernels, boolean cpuKernels) {
    this.driver = driver;
    this.pool = pool;
    this.listing = new ListingDriver(driver, pool);
    this.own = pool.keeping(listing);
    this.lister = new GpuBackend(listing, own, kernels, cpuKernels, this);
  }

  /** What stands for the memory of all numbers while their count is not known. */
  private static final class AnyPlace implements DeviceMemory {
    @Override
    public long bytes() {
      return 0;
    }
  }

  /** Where a launch finds numbers. */
  private record Numbers<S>(Supplier<?> now, Function<S, int[]> words, int at) {
    /** The supplier is the one whose numbers the launch was given. */
    @SuppressWarnings("unchecked")
    void write(int[] all) {
      int[] mine = words.apply((S) now.get());
      System.arraycopy(mine, 0, all, at, mine.length);
    }
  }

  @Override
  public Buffer allocate(DType dtype, int size) {
    return lister.allocate(dtype, size);
  }

  @Override
  public void release(Buffer buffer) {
    lister.release(buffer);
  }

  @Override
  public void take(BackendCall call) {
    call.make(lister);
  }

  @Override
  public <S> void take(Supplier<S> given, VaryingCall<S> call) {
    varying = given;
    try {
      call.make(lister, given.get());
    } finally {
      varying = null;
    }
  }

  /** A place for the numbers of the call that is being taken down. */
  <S> GivenNumbers place(S given, Function<S, int[]> toWords) {
    Supplier<?> now = varying;
    if (now == null) {
      return GivenNumbers.NONE;
    }
    Numbers<S> added = new Numbers<>(now, toWords, words);
    numbers.add(added);
    words += toWords.apply(given).length;
    return new GivenNumbers(anyPlace, added.at());
  }

  @Override
  public Replay finish() {
    DeviceMemory memory = words == 0 ? null : pool.allocate(Prepared.bytesFor(words));
    numbersMemory = memory;
    for (Command command : listing.commands()) {
      if (command instanceof Command.Launch launch) {
        putInPlace(launch.arguments(), memory);
      }
    }
    List<Command> commands = listing.commands();
    Prepared prepared =
        pool.withRoom(
            () -> "room for a recording of " + commands.size() + " commands",
            () -> driver.prepare(commands, memory));
    commands.clear();
    int[] all = new int[words];
    return new Replay() {
      @Override
      public void run() {
        for (Numbers<?> some : numbers) {
          some.write(all);
        }
        prepared.run(all);
      }

      @Override
      public void close() {
        prepared.close();
        abandon();
      }
    };
  }

  @Override
  public void abandon() {
    DeviceMemory memory = numbersMemory;
    if (memory != null) {
      pool.release(memory);
      numbersMemory = null;
    }
    own.trim();
    listing.giveBack();
  }

  private void putInPlace(@Nullable Object[] arguments, @Nullable DeviceMemory memory) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] == anyPlace) {
        arguments[i] = memory;
      }
    }
  }
}
