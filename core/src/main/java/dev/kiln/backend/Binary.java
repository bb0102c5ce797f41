package dev.kiln.backend;

/** Functions of two elements. */
public enum Binary {
  /** {@code a + b}. */
  ADD,
  /** {@code a - b}. */
  SUB,
  /** {@code a · b}. */
  MUL,
  /** {@code a / b}, correctly rounded where the device can. */
  DIV,
  /** The larger one; NaN if one is NaN. */
  MAXIMUM,
  /** The smaller one; NaN if one is NaN. */
  MINIMUM,
  /** The slope of {@link #MAXIMUM} along a: 1 where {@code a > b}, 1/2 where equal, 0 below. */
  MAXIMUM_SLOPE,
  /** {@code a} to the power of {@code b}. */
  POW,
  /** The slope of {@link #POW} along a, {@code b pow(a, b - 1)}; 0 where b is 0. */
  POW_BASE_SLOPE,
  /** The slope of {@link #POW} along b, {@code pow(a, b) log(a)}; 0 where {@code a = 0 <= b}. */
  POW_EXPONENT_SLOPE
}
