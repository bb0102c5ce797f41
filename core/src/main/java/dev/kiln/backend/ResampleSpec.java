package dev.kiln.backend;

/**
 * Planes of pixels taken to another size. Both dimensions are treated alike: output {@code o} is a
 * weighted mean of neighbouring inputs, as {@link #method} has it from the output's place.
 *
 * @param planes batch size times channels
 * @param stepHeight from one output row to the next, in input rows; for {@link Resample#AVERAGE} of
 *     no meaning
 * @param stepWidth likewise
 */
public record ResampleSpec(
    Resample method,
    int planes,
    int inHeight,
    int inWidth,
    int outHeight,
    int outWidth,
    float stepHeight,
    float stepWidth) {

  public int inPixels() {
    return inHeight * inWidth;
  }

  public int outPixels() {
    return outHeight * outWidth;
  }
}
