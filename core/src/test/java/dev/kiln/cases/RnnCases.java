package dev.kiln.cases;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import dev.kiln.ops.Concat;
import dev.kiln.ops.Recurrent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Recurrent layers and cells. What is checked is everything that comes out, one after the other, so
 * that gradients come in at the output and at the states alike.
 */
final class RnnCases {
  private RnnCases() {}

  static Stream<OpCase> all() {
    return Stream.of(Cell.values()).flatMap(cell -> Stream.concat(layers(cell), cells(cell)));
  }

  private static Stream<OpCase> layers(Cell cell) {
    int[] ragged = {2, 5, 1, 5, 3};
    return Stream.of(
            // one of everything, and the course's hihello: too small to pack anything
            new RnnOracle(cell, 1, 1, 1, 1, 1, false, false, true, true, null),
            new RnnOracle(cell, 6, 1, 4, 5, 1, false, true, true, false, null),
            // a vector and a bit, a tile and a bit
            new RnnOracle(cell, 3, 17, 3, 33, 1, false, false, true, true, null),
            new RnnOracle(cell, 9, 1, 2, 64, 1, false, false, true, true, null),
            new RnnOracle(cell, 4, 5, 3, 3, 1, false, true, false, true, null),
            // layers and directions
            new RnnOracle(cell, 4, 3, 2, 3, 3, false, false, true, true, null),
            new RnnOracle(cell, 5, 2, 3, 7, 1, true, true, true, true, null),
            new RnnOracle(cell, 3, 4, 5, 4, 2, true, false, true, true, null),
            new RnnOracle(cell, 3, 2, 2, 4, 2, true, true, false, false, null),
            // lengths
            new RnnOracle(cell, 5, 5, 2, 3, 1, false, false, true, true, ragged),
            new RnnOracle(cell, 5, 5, 3, 4, 2, true, true, true, true, ragged),
            new RnnOracle(cell, 5, 5, 3, 17, 2, true, false, true, false, ragged),
            new RnnOracle(cell, 7, 1, 2, 3, 1, true, false, true, true, new int[] {4}),
            // no sequence at all
            new RnnOracle(cell, 2, 0, 3, 4, 1, true, false, true, true, null))
        .map(RnnCases::layers);
  }

  /** Whole layers, as an oracle describes them. */
  static OpCase layers(RnnOracle oracle) {
    Cell cell = oracle.cell();
    OpCase opCase =
        OpCase.of(
            name(cell),
            (oracle.layers() > 1 ? oracle.layers() + " layers " : "")
                + (oracle.bidirectional() ? "both ways " : "")
                + (oracle.batchFirst() ? "batch first " : ""),
            oracle.lengths() == null ? "whole" : oracle.lengths());
    if (oracle.batchFirst()) {
      opCase.input(oracle.batch(), oracle.steps(), oracle.in());
    } else {
      opCase.input(oracle.steps(), oracle.batch(), oracle.in());
    }
    int states = oracle.layers() * oracle.directions();
    for (int i = 1; i < oracle.firstWeight(); i++) {
      opCase.input(states, oracle.batch(), oracle.hidden());
    }
    weights(opCase, oracle);
    Recurrent.Stack stack =
        new Recurrent.Stack(cell, oracle.bidirectional(), oracle.batchFirst(), List.of());
    return opCase
        .forward(
            x -> {
              Tensor lengths =
                  oracle.lengths() == null
                      ? null
                      : Constants.of(x[0], oracle.lengths(), oracle.batch());
              Tensor h0 = oracle.stated() ? x[1] : null;
              Tensor c0 = oracle.stated() && cell.hasCellState() ? x[2] : null;
              return joined(Recurrent.apply(stack, x[0], h0, c0, lengths, weights(oracle, x)));
            })
        .oracle(oracle::compute)
        .flops(flops(oracle));
  }

  private static Stream<OpCase> cells(Cell cell) {
    return Stream.of(
            new RnnOracle(cell, 1, 1, 1, 1, 1, false, false, true, true, null),
            new RnnOracle(cell, 1, 3, 5, 7, 1, false, false, true, true, null),
            new RnnOracle(cell, 1, 17, 10, 33, 1, false, false, true, true, null),
            new RnnOracle(cell, 1, 4, 6, 3, 1, false, false, false, false, null),
            new RnnOracle(cell, 1, 1, 9, 70, 1, false, false, true, true, null))
        .map(RnnCases::cell);
  }

  private static OpCase cell(RnnOracle oracle) {
    OpCase opCase = OpCase.of(name(oracle.cell()) + "_cell", "step");
    opCase.input(oracle.batch(), oracle.in());
    for (int i = 1; i < oracle.firstWeight(); i++) {
      opCase.input(oracle.batch(), oracle.hidden());
    }
    weights(opCase, oracle);
    return opCase
        .forward(
            x -> {
              Tensor h = oracle.stated() ? x[1] : null;
              Tensor c = oracle.stated() && oracle.cell().hasCellState() ? x[2] : null;
              Recurrent.Weights weights = weights(oracle, x).get(0);
              // the oracle gives an output too, which with one step is the state itself
              return joined(Recurrent.step(oracle.cell(), x[0], h, c, weights));
            })
        .oracle(oracle::compute)
        .flops(flops(oracle));
  }

  private static void weights(OpCase opCase, RnnOracle oracle) {
    int rows = oracle.gates() * oracle.hidden();
    for (int i = 0; i < oracle.layers() * oracle.directions(); i++) {
      boolean lowest = i < oracle.directions();
      opCase.input(rows, lowest ? oracle.in() : oracle.directions() * oracle.hidden());
      opCase.input(rows, oracle.hidden());
      if (oracle.biased()) {
        opCase.input(rows).input(rows);
      }
    }
  }

  private static List<Recurrent.Weights> weights(RnnOracle oracle, Tensor[] x) {
    List<Recurrent.Weights> weights = new ArrayList<>();
    for (int at = oracle.firstWeight(); at < x.length; at += oracle.perDirection()) {
      weights.add(
          new Recurrent.Weights(
              x[at],
              x[at + 1],
              oracle.biased() ? x[at + 2] : null,
              oracle.biased() ? x[at + 3] : null));
    }
    return weights;
  }

  private static Tensor joined(Recurrent.Result result) {
    List<Tensor> parts = new ArrayList<>();
    parts.add(result.output().reshape(-1));
    parts.add(result.h().reshape(-1));
    if (result.c() != null) {
      parts.add(result.c().reshape(-1));
    }
    return Concat.apply(parts, 0);
  }

  private static String name(Cell cell) {
    return cell.name().toLowerCase(Locale.ROOT);
  }

  private static double flops(RnnOracle oracle) {
    double rows = oracle.gates() * oracle.hidden();
    double each = rows * (oracle.in() + oracle.hidden());
    return 2 * each * oracle.steps() * oracle.batch() * oracle.layers() * oracle.directions();
  }
}
