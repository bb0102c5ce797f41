package dev.kiln.backend;

/** Functions of single elements, float32. */
public interface Elementwise {
  /** {@code y = f(x)}; {@code y} may be {@code x}. */
  void unary(Unary f, Buffer x, Buffer y);

  /**
   * {@code dx = f'(x) · dy}; {@code dx} may be {@code dy}.
   *
   * @param kept the output {@code y} or the input {@code x}, as {@link Unary#keepsOutput} says
   */
  void unaryGradient(Unary f, Buffer kept, Buffer dy, Buffer dx);

  /** {@code y = scale · x + shift}; {@code y} may be {@code x}. */
  void affine(float scale, float shift, Buffer x, Buffer y);

  /** {@code y = f(a, b)} with broadcasting; {@code y} may be {@code a} or {@code b} where plain. */
  void binary(Binary f, Broadcast broadcast, Buffer a, Buffer b, Buffer y);
}
