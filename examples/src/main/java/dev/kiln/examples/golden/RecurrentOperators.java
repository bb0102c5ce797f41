package dev.kiln.examples.golden;

import dev.kiln.Tensor;
import dev.kiln.backend.Cell;
import dev.kiln.examples.golden.DifferentiableOp.Inputs;
import dev.kiln.ops.Recurrent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Recurrent layers and cells. */
final class RecurrentOperators {
  private RecurrentOperators() {}

  static Map<String, Procedure> all() {
    return Map.of(
        "rnn", new DifferentiableOp(RecurrentOperators::layers),
        "rnn_cell", new DifferentiableOp(RecurrentOperators::cell));
  }

  private static Map<String, Tensor> layers(Attributes a, Inputs in) {
    boolean bidirectional = a.flag("bidirectional");
    Recurrent.Stack stack =
        new Recurrent.Stack(cell(a), bidirectional, a.flag("batch_first"), List.of());
    List<Recurrent.Weights> weights = new ArrayList<>();
    for (int layer = 0; layer < a.integer("num_layers"); layer++) {
      weights.add(weights(a, in, "_l" + layer));
      if (bidirectional) {
        weights.add(weights(a, in, "_l" + layer + "_reverse"));
      }
    }
    Recurrent.Result result =
        Recurrent.apply(
            stack, in.get("input"), in.optional("h0"), in.optional("c0"), null, weights);
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    outputs.put("output", result.output());
    outputs.put("h_n", result.h());
    if (result.c() != null) {
      outputs.put("c_n", result.c());
    }
    return outputs;
  }

  private static Map<String, Tensor> cell(Attributes a, Inputs in) {
    Recurrent.Result result =
        Recurrent.step(
            cell(a), in.get("input"), in.optional("h"), in.optional("c"), weights(a, in, ""));
    return result.c() == null
        ? Map.of("h_next", result.h())
        : Map.of("h_next", result.h(), "c_next", result.c());
  }

  private static Cell cell(Attributes a) {
    String mode = a.text("mode");
    return switch (mode) {
      case "rnn_tanh" -> Cell.RNN_TANH;
      case "rnn_relu" -> Cell.RNN_RELU;
      case "lstm" -> Cell.LSTM;
      case "gru" -> Cell.GRU;
      default -> throw new IllegalArgumentException("case.json has a cell of no kind: " + mode);
    };
  }

  private static Recurrent.Weights weights(Attributes a, Inputs in, String suffix) {
    Tensor input = in.get("weight_ih" + suffix);
    Tensor hidden = in.get("weight_hh" + suffix);
    boolean lowest = suffix.isEmpty() || suffix.startsWith("_l0");
    if (hidden.dim(-1) != a.integer("hidden_size")
        || input.dim(-1) != a.integer("input_size") && lowest) {
      throw new IllegalArgumentException(
          "case.json gives other sizes than its weights " + input.shape() + ", " + hidden.shape());
    }
    boolean biased = a.flag("bias");
    return new Recurrent.Weights(
        input,
        hidden,
        biased ? in.get("bias_ih" + suffix) : null,
        biased ? in.get("bias_hh" + suffix) : null);
  }
}
