package dev.kiln.backend;

/** Images taken to another size. */
public interface Resampling {
  /**
   * @param x {@code [planes, inHeight, inWidth]}
   * @param y {@code [planes, outHeight, outWidth]}
   */
  void resample(ResampleSpec spec, Buffer x, Buffer y);

  /** {@code dx}: each input gathers what the outputs that it is part of had of it. */
  void resampleGradient(ResampleSpec spec, Buffer dy, Buffer dx);
}
