package dev.kiln.examples.golden;

/**
 * What became of a case.
 *
 * @param id the case's name
 * @param op its operator
 * @param outcome passed or not
 * @param worst the largest share of its tolerance that an element took, where it was compared
 * @param message why it failed or is not supported; empty where it passed
 */
public record Verdict(String id, String op, Outcome outcome, double worst, String message) {
  /** One of three. */
  public enum Outcome {
    PASSED,
    FAILED,
    /** Kiln has no such op, yet. */
    UNSUPPORTED
  }

  static Verdict passed(GoldenCase golden, double worst) {
    return new Verdict(golden.id(), golden.op(), Outcome.PASSED, worst, "");
  }

  static Verdict failed(String id, String op, double worst, String message) {
    return new Verdict(id, op, Outcome.FAILED, worst, message);
  }

  static Verdict unsupported(GoldenCase golden, String message) {
    return new Verdict(golden.id(), golden.op(), Outcome.UNSUPPORTED, 0, message);
  }
}
