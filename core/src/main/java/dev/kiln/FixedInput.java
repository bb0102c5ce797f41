package dev.kiln;

import dev.kiln.backend.StridedCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The place in memory of a recording's input, which replays read. */
final class FixedInput {
  private final int number;
  private final Shape shape;
  private final DType dtype;
  private final List<Demand> demands = new ArrayList<>();
  private @Nullable Tensor fixed;

  /** What is asked of integers: at {@code positions}, or everywhere if that is null. */
  private record Demand(int low, int high, int except, int @Nullable [] positions) {}

  FixedInput(int number, Tensor like) {
    this.number = number;
    this.shape = like.shape();
    this.dtype = like.dtype();
  }

  void check(Tensor given) {
    if (!given.shape().equals(shape) || given.dtype() != dtype) {
      throw new ShapeException(
          "recording: input "
              + number
              + " is "
              + given
              + "; the first run's was "
              + shape
              + " "
              + dtype
              + ", and a recording is for one shape: make another one for this");
    }
    demands.forEach(demand -> check(given, demand));
  }

  private void check(Tensor given, Demand demand) {
    if (given.isWithin(demand.low, demand.high)) {
      return;
    }
    int[] values = given.valuesFromOutside();
    int[] positions = demand.positions;
    int count = positions == null ? values.length : positions.length;
    for (int i = 0; i < count; i++) {
      int at = positions == null ? i : positions[i];
      int value = values[at];
      if ((value < demand.low || value > demand.high) && value != demand.except) {
        throw new IllegalArgumentException(
            "recording: input "
                + number
                + " holds "
                + value
                + " at position "
                + at
                + "; the step wants numbers from "
                + demand.low
                + " to "
                + demand.high);
      }
    }
  }

  void begin(Tensor given) {
    if (fixed == null) {
      Tensor place = Tensor.fixed(given, this);
      place.moveTo(null);
      fixed = place;
    }
    set(given);
  }

  void set(Tensor given) {
    Tensor place = tensor();
    if (place.gradient() != null) {
      place.clearGrad(); // as one that has just been made
    }
    if (!isPlaceOf(given)) {
      place.backend().copy(StridedCopy.plain(given.size()), given.buffer(), place.buffer());
    }
  }

  /** Whether {@code given}, of this input's shape, is this place under some name. */
  boolean isPlaceOf(Tensor given) {
    return given.buffer().whole() == tensor().buffer();
  }

  Tensor tensor() {
    return Objects.requireNonNull(fixed);
  }

  /**
   * Has the integers that the present run was given checked, and those of each later run.
   *
   * @param positions which of them; null for all
   */
  void demand(int low, int high, int except, int @Nullable [] positions) {
    Demand demand = new Demand(low, high, except, positions);
    demands.add(demand);
    check(tensor(), demand);
  }

  void close() {
    if (fixed != null) {
      fixed.close();
    }
  }
}
