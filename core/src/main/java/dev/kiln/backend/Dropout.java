package dev.kiln.backend;

/** Random zeros. */
public interface Dropout {
  /**
   * {@code y[i] = u(i / inner) < p ? 0 : x[i] / (1 - p)}, where {@code u(j)} is the j-th uniform
   * number of the draw, so the same mask comes again for the gradient: {@code dropout(spec, dy,
   * dx)}. {@code y} may be {@code x}.
   */
  void dropout(DropoutSpec spec, Buffer x, Buffer y);
}
