package dev.kiln.gpu;

import dev.kiln.gpu.driver.DeviceMemory;
import org.jspecify.annotations.Nullable;

/**
 * The arguments behind {@code GIVEN} of {@code given.h}: where a recorded launch finds the numbers
 * that change from run to run.
 *
 * @param memory null where the numbers are arguments themselves
 */
record GivenNumbers(@Nullable DeviceMemory memory, int place) {
  /** Nothing is being recorded, or nothing changes. */
  static final GivenNumbers NONE = new GivenNumbers(null, 0);
}
