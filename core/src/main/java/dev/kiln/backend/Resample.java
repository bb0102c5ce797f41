package dev.kiln.backend;

/** Which inputs an output is made of when pixels are taken to another size, along one dimension. */
public enum Resample {
  /** The mean of {@code floor(o · in / out)} up to, but without, {@code ceil((o + 1) in / out)}. */
  AVERAGE,
  /** Input {@code floor(o · step)}. */
  NEAREST,
  /** Linear between the neighbours of {@code (o + ½) step - ½}, but not below 0. */
  LINEAR,
  /** Linear between the neighbours of {@code o · step}: corners lie on corners. */
  LINEAR_CORNERS
}
