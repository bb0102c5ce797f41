package dev.kiln.nn;

/** A number that a module keeps on the host and that is saved with its parameters. */
final class Counter {
  int value;
}
