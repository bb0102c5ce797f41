package dev.kiln.bench;

import org.openjdk.jmh.annotations.Param;

/** Recurrent layers, forward, and forward and backward. */
public class Recurrent extends Comparison {
  /** Such as {@code kiln-cpu}, {@code djl}. */
  @Param("kiln-cpu")
  public String engine = "kiln-cpu";

  /** A work's name. */
  @Param({
    "rnn-b64t64i128h256-fwd",
    "rnn-b64t64i128h256-train",
    "lstm-b64t64i128h256-fwd",
    "lstm-b64t64i128h256-train",
    "gru-b64t64i128h256-fwd",
    "gru-b64t64i128h256-train",
    "rnn-b1t100i128h128-fwd",
    "rnn-b1t100i128h128-train",
    "lstm-b1t100i128h128-fwd",
    "lstm-b1t100i128h128-train",
    "gru-b1t100i128h128-fwd",
    "gru-b1t100i128h128-train",
    "rnn-b32t32i64h64-fwd",
    "rnn-b32t32i64h64-train",
    "lstm-b32t32i64h64-fwd",
    "lstm-b32t32i64h64-train",
    "gru-b32t32i64h64-fwd",
    "gru-b32t32i64h64-train"
  })
  public String work = "";

  @Override
  String engine() {
    return engine;
  }

  @Override
  String work() {
    return work;
  }
}
