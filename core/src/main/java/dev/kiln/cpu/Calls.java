package dev.kiln.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What becomes of the calls that compute: they are made, or listed to be made again and again. */
final class Calls {
  private final @Nullable List<Runnable> list;

  /** Where the next call's numbers come from, if they are other ones each time. */
  private @Nullable Supplier<?> numbers;

  private Calls(@Nullable List<Runnable> list) {
    this.list = list;
  }

  static Calls made() {
    return new Calls(null);
  }

  static Calls listed() {
    return new Calls(new ArrayList<>());
  }

  void make(Runnable call) {
    if (list == null) {
      call.run();
    } else if (numbers == null) {
      list.add(call);
    } else {
      throw new IllegalStateException("cpu: this call has no numbers that could change: " + call);
    }
  }

  /** A call whose numbers may change. */
  <S> void make(S given, Consumer<S> call) {
    if (list == null) {
      call.accept(given);
    } else {
      list(list, given, call);
    }
  }

  @SuppressWarnings("unchecked") // what gives this object is a supplier of its class
  private <S> void list(List<Runnable> list, S given, Consumer<S> call) {
    if (numbers == null) {
      list.add(() -> call.accept(given));
    } else if (numbers.get() == given) {
      Supplier<S> now = (Supplier<S>) numbers;
      numbers = null;
      list.add(() -> call.accept(now.get()));
    } else {
      throw new IllegalStateException("cpu: these are not the numbers that change: " + given);
    }
  }

  /** Of a list: the next call is to have what {@code supplier} gives at the time. */
  void next(Supplier<?> supplier) {
    numbers = supplier;
  }

  /** How many have been listed. */
  int count() {
    return list == null ? 0 : list.size();
  }

  /** What has been listed. */
  Runnable[] all() {
    return list == null ? new Runnable[0] : list.toArray(new Runnable[0]);
  }
}
