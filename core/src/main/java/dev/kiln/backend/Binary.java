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
  DIV
}
