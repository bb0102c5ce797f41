package dev.kiln.ops;

/** What becomes of the losses of single samples. */
public enum Reduction {
  /** They stay, one each. */
  NONE,
  /** Their mean; with class weights or ignored targets a weighted one. */
  MEAN,
  /** Their sum. */
  SUM
}
