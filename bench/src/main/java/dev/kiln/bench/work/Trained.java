package dev.kiln.bench.work;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What works are compared by that are forward alone, or forward and backward. */
public final class Trained {
  /** Names of results. */
  public static final String OUTPUT = "output";

  public static final String INPUT_GRADIENT = "input gradient";
  public static final String WEIGHT_GRADIENT = "weight gradient";
  public static final String BIAS_GRADIENT = "bias gradient";

  private Trained() {}

  /** Names and terms in turn. */
  static Map<String, Integer> results(Object... namesAndTerms) {
    Map<String, Integer> results = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTerms.length; i += 2) {
      results.put((String) namesAndTerms[i], (Integer) namesAndTerms[i + 1]);
    }
    return Collections.unmodifiableMap(results);
  }
}
