package dev.kiln.bench.work;

import java.util.Map;
import java.util.Optional;

/**
 * A product of two row-major matrices, {@code [m, k]} times {@code [k, n]}: 2 m k n floating-point
 * operations.
 */
public record GemmWork(String name, int m, int k, int n) implements Work {
  public GemmWork {
    Name.checkPositive(name, m, k, n);
  }

  static Optional<GemmWork> read(String name) {
    return Name.read(name, "sgemm-<m>(x<k>x<n>)?")
        .map(
            read ->
                new GemmWork(
                    name,
                    read.number("m"),
                    read.number("k", read.number("m")),
                    read.number("n", read.number("m"))));
  }

  /** The left matrix. */
  public float[] a() {
    return Data.uniform("a", -1, 1, m, k);
  }

  /** The right matrix. */
  public float[] b() {
    return Data.uniform("b", -1, 1, k, n);
  }

  @Override
  public String family() {
    return "Gemm";
  }

  @Override
  public Map<String, Integer> results() {
    return Map.of("product", k);
  }
}
