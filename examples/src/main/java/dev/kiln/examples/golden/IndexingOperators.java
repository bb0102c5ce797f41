package dev.kiln.examples.golden;

import dev.kiln.DType;
import dev.kiln.Tensor;
import dev.kiln.examples.golden.DifferentiableOp.Inputs;
import dev.kiln.ops.Embedding;
import dev.kiln.ops.OneHot;
import java.util.Map;

/** Elements found by their number. */
final class IndexingOperators {
  private IndexingOperators() {}

  static Map<String, Procedure> all() {
    return Map.of(
        "embedding", DifferentiableOp.of(IndexingOperators::embedding),
        "gather",
            DifferentiableOp.of(
                (a, in) -> in.get("input").gather(a.integer("dim"), in.get("index"))),
        "index_select",
            DifferentiableOp.of(
                (a, in) -> in.get("input").indexSelect(a.integer("dim"), in.get("index"))),
        "one_hot",
            DifferentiableOp.of(
                (a, in) -> OneHot.apply(in.get("index"), a.integer("num_classes"), DType.INT32)));
  }

  private static Tensor embedding(Attributes a, Inputs in) {
    return a.isNull("padding_idx")
        ? Embedding.apply(in.get("weight"), in.get("index"))
        : Embedding.apply(in.get("weight"), in.get("index"), a.integer("padding_idx"));
  }
}
