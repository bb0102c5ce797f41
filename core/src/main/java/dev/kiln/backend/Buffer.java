package dev.kiln.backend;

import dev.kiln.DType;

/**
 * A run of elements in a backend's memory: all that a backend sees of a tensor. Each backend has
 * its own kind and takes no other. A buffer is made by {@link Memory#allocate} or is a {@link
 * Memory#view} into one.
 */
public interface Buffer {
  DType dtype();

  /** How many elements. */
  int size();

  /** The allocation that this is a view into; itself if it is one. */
  Buffer whole();
}
