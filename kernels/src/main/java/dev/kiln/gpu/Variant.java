package dev.kiln.gpu;

/** One of the ways in which a family computes a work. */
interface Variant {
  /** Its name within the family, such as {@code 64/4}. */
  String variant();
}
