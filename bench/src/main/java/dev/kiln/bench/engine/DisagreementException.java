package dev.kiln.bench.engine;

/** An engine came to other numbers than the reference: its time would be that of another work. */
public final class DisagreementException extends RuntimeException {
  DisagreementException(String message) {
    super(message);
  }
}
