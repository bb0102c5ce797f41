package dev.kiln.ops;

import dev.kiln.DType;
import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.Varying;
import dev.kiln.backend.Backend;
import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Cell;
import dev.kiln.backend.DropoutSpec;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.GemmSpec;
import dev.kiln.backend.RecurrentInput;
import dev.kiln.backend.RecurrentKept;
import dev.kiln.backend.RecurrentSpec;
import dev.kiln.backend.Rows;
import dev.kiln.backend.StridedCopy;
import dev.kiln.ops.Recurrent.Result;
import dev.kiln.ops.Recurrent.Stack;
import dev.kiln.ops.Recurrent.Weights;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Recurrent} through its layers, there and back. A step of a sequence is a row
 * everywhere: of the inputs, of the input products, of the outputs. The order of the rows is the
 * input's own, so nothing is ever transposed, and both directions write their columns of a layer's
 * output, so nothing is joined.
 */
final class RecurrentPass {
  private final Stack stack;
  private final Cell cell;
  private final Tensor x;
  private final @Nullable Tensor h0;
  private final @Nullable Tensor c0;
  private final @Nullable Tensor lengths;
  private final List<Weights> weights;
  private final int steps;
  private final int batch;
  private final int hidden;
  private final int directions;
  private final int layers;
  private final int rows;
  private final Backend backend;

  /** What each layer read, and each direction of each layer kept; empty without a tape. */
  private final List<Tensor> layerInputs = new ArrayList<>();

  private final List<Kept> kept = new ArrayList<>();

  /** The tensors behind a {@link RecurrentKept}. */
  private record Kept(
      Tensor gates, Tensor previous, @Nullable Tensor cells, @Nullable Tensor product) {
    RecurrentKept buffers() {
      return new RecurrentKept(
          gates.buffer(), previous.buffer(), bufferOf(cells), bufferOf(product));
    }
  }

  /** Everything is known to fit. */
  RecurrentPass(
      Stack stack,
      Tensor x,
      @Nullable Tensor h0,
      @Nullable Tensor c0,
      @Nullable Tensor lengths,
      List<Weights> weights,
      int steps,
      int batch,
      int hidden) {
    this.stack = stack;
    this.cell = stack.cell();
    this.x = x;
    this.h0 = h0;
    this.c0 = c0;
    this.lengths = lengths;
    this.weights = weights;
    this.steps = steps;
    this.batch = batch;
    this.hidden = hidden;
    directions = stack.directions();
    layers = weights.size() / directions;
    rows = steps * batch;
    backend = x.backend();
  }

  /** What the tape sees: input, states that were given, and the tensors of all weights. */
  Tensor[] inputs() {
    List<Tensor> inputs = new ArrayList<>(List.of(x));
    if (h0 != null) {
      inputs.add(h0);
    }
    if (c0 != null) {
      inputs.add(c0);
    }
    weights.forEach(own -> inputs.addAll(Recurrent.tensors(own)));
    return inputs.toArray(new Tensor[0]);
  }

  /**
   * @param recorded whether {@link #backward} may be called
   */
  Result forward(Shape output, Shape state, boolean recorded) {
    Tensor hn = Tensor.empty(x.device(), DType.FLOAT32, state);
    Tensor cn = cell.hasCellState() ? Tensor.like(hn) : null;
    Tensor input = x;
    for (int layer = 0; layer < layers; layer++) {
      boolean last = layer == layers - 1;
      Tensor y =
          last
              ? Tensor.empty(x.device(), DType.FLOAT32, output)
              : matrix(rows, directions * hidden);
      for (int direction = 0; direction < directions; direction++) {
        forward(layer, direction, input, y, hn, cn, recorded);
      }
      if (recorded) {
        layerInputs.add(input);
      } else if (layer > 0) {
        input.close();
      }
      if (!last) {
        drop(layer, y);
      }
      input = y;
    }
    return new Result(input, hn, cn);
  }

  private void forward(
      int layer,
      int direction,
      Tensor input,
      Tensor y,
      Tensor hn,
      @Nullable Tensor cn,
      boolean recorded) {
    RecurrentSpec spec = spec(layer, direction);
    Weights own = weights.get(layer * directions + direction);
    int in = own.input().dim(1);
    boolean overInput = in > 0 && backend.readsInput(spec);
    Tensor products = recorded || !overInput ? matrix(rows, spec.gateWidth()) : null;
    Kept keep =
        recorded && products != null
            ? new Kept(
                products, // the gates take the place of the products
                matrix(rows, hidden),
                cell.hasCellState() ? matrix(rows, hidden) : null,
                cell.keepsProduct() ? matrix(rows, hidden) : null)
            : null;
    RecurrentKept buffers = keep == null ? null : keep.buffers();
    Buffer w = own.hidden().buffer();
    Buffer bias = bufferOf(own.hiddenBias());
    Buffer c = bufferOf(cn);
    if (overInput || products == null) {
      RecurrentInput from =
          new RecurrentInput(input.buffer(), own.input().buffer(), bufferOf(own.inputBias()), in);
      backend.recurrentOverInput(
          spec,
          from,
          w,
          bias,
          bufferOf(h0),
          bufferOf(c0),
          bufferOf(lengths),
          y.buffer(),
          hn.buffer(),
          c,
          buffers);
    } else {
      backend.gemm(
          GemmSpec.of(rows, spec.gateWidth(), in, false, true),
          input.buffer(),
          own.input().buffer(),
          Epilogue.bias(bufferOf(own.inputBias())),
          products.buffer());
      backend.recurrent(
          spec,
          products.buffer(),
          w,
          bias,
          bufferOf(h0),
          bufferOf(c0),
          bufferOf(lengths),
          y.buffer(),
          hn.buffer(),
          c,
          buffers);
    }
    if (keep != null) {
      kept.add(keep);
    } else if (products != null) {
      products.close();
    }
  }

  /**
   * @param dy of output, hidden and, if there are any, cell states; null where there is none
   * @return the gradients of {@link #inputs}
   */
  @Nullable Tensor[] backward(@Nullable Tensor[] dy) {
    Tensor dhn = dy[1];
    Tensor dcn = dy.length > 2 ? dy[2] : null;
    Tensor dh0 = h0 != null && h0.requiresGrad() ? Tensor.like(h0) : null;
    Tensor dc0 = c0 != null && c0.requiresGrad() ? Tensor.like(c0) : null;
    List<@Nullable Tensor> ofWeights = new ArrayList<>();
    Tensor dOutput = dy[0];
    for (int layer = layers - 1; layer >= 0; layer--) {
      Tensor input = layerInputs.get(layer);
      Tensor dInput = null;
      List<@Nullable Tensor> ofLayer = new ArrayList<>();
      for (int direction = 0; direction < directions; direction++) {
        int at = layer * directions + direction;
        RecurrentSpec spec = spec(layer, direction);
        Weights own = weights.get(at);
        Kept held = kept.get(at);
        Tensor dGates = Tensor.like(held.gates());
        Tensor dProduct = cell == Cell.GRU ? Tensor.like(dGates) : dGates;
        backend.recurrentGradient(
            spec,
            held.buffers(),
            own.hidden().buffer(),
            bufferOf(lengths),
            bufferOf(dOutput),
            bufferOf(dhn),
            bufferOf(dcn),
            dGates.buffer(),
            cell == Cell.GRU ? dProduct.buffer() : null,
            bufferOf(dh0),
            bufferOf(dc0));
        if (layer > 0 || x.requiresGrad()) {
          dInput = sum(dInput, inputGradient(own, dGates, input));
        }
        weightGradients(own, held, input, dGates, dProduct, ofLayer);
        dGates.close();
        dProduct.close();
      }
      if (dOutput != null && layer < layers - 1) {
        dOutput.close();
      }
      if (layer > 0 && dInput != null) {
        drop(layer - 1, dInput);
      }
      dOutput = dInput;
      ofWeights.addAll(0, ofLayer);
    }
    List<@Nullable Tensor> gradients = new ArrayList<>();
    gradients.add(dOutput);
    if (h0 != null) {
      gradients.add(dh0);
    }
    if (c0 != null) {
      gradients.add(dc0);
    }
    gradients.addAll(ofWeights);
    return gradients.toArray(new Tensor[0]);
  }

  /** dx = dgates W. */
  private Tensor inputGradient(Weights own, Tensor dGates, Tensor input) {
    Tensor dx = Tensor.like(input);
    backend.gemm(
        GemmSpec.of(rows, own.input().dim(1), own.input().dim(0), false, false),
        dGates.buffer(),
        own.input().buffer(),
        Epilogue.NONE,
        dx.buffer());
    return dx;
  }

  private static Tensor sum(@Nullable Tensor before, Tensor more) {
    if (before == null) {
      return more;
    }
    Broadcast plain = Broadcast.of(more.shape(), more.shape(), more.shape());
    more.backend().binary(Binary.ADD, plain, before.buffer(), more.buffer(), before.buffer());
    more.close();
    return before;
  }

  private void weightGradients(
      Weights own,
      Kept held,
      Tensor input,
      Tensor dGates,
      Tensor dProduct,
      List<@Nullable Tensor> gradients) {
    gradients.add(own.input().requiresGrad() ? product(dGates, input, own.input()) : null);
    Tensor dHidden = null;
    if (own.hidden().requiresGrad()) {
      dHidden = product(dProduct, held.previous(), own.hidden());
      if (cell == Cell.GRU_RESET_FIRST && held.product() != null) {
        candidateGradient(dGates, held.product(), dHidden);
      }
    }
    gradients.add(dHidden);
    if (own.inputBias() != null && own.hiddenBias() != null) {
      Tensor dBias = own.inputBias().requiresGrad() ? columnSums(dGates, own.inputBias()) : null;
      gradients.add(dBias);
      gradients.add(
          !own.hiddenBias().requiresGrad()
              ? null
              : dBias != null && dProduct == dGates
                  ? copy(dBias)
                  : columnSums(dProduct, own.hiddenBias()));
    }
  }

  /** dW = dgatesᵀ a, a product over all steps. */
  private Tensor product(Tensor dGates, Tensor a, Tensor weight) {
    Tensor dw = Tensor.like(weight);
    backend.gemm(
        GemmSpec.of(weight.dim(0), weight.dim(1), rows, true, false),
        dGates.buffer(),
        a.buffer(),
        Epilogue.NONE,
        dw.buffer());
    return dw;
  }

  /** The rows of n in the recurrent weight, where n saw {@code r ∘ h'} in place of {@code h'}. */
  private void candidateGradient(Tensor dGates, Tensor reset, Tensor dHidden) {
    int[] columns = {dGates.dim(1), 1};
    int[] dense = {hidden, 1};
    try (Tensor dn = matrix(rows, hidden);
        Tensor dw = matrix(hidden, hidden)) {
      if (rows > 0) {
        backend.copy(
            StridedCopy.of(new int[] {rows, hidden}, 2 * hidden, columns, 0, dense),
            dGates.buffer(),
            dn.buffer());
      }
      backend.gemm(
          GemmSpec.of(hidden, hidden, rows, true, false),
          dn.buffer(),
          reset.buffer(),
          Epilogue.NONE,
          dw.buffer());
      backend.copy(
          StridedCopy.of(new int[] {hidden, hidden}, 0, dense, 2 * hidden * hidden, dense),
          dw.buffer(),
          dHidden.buffer());
    }
  }

  private Tensor columnSums(Tensor dGates, Tensor bias) {
    Tensor db = Tensor.like(bias);
    backend.sum(new Rows(1, rows, bias.size()), 1, dGates.buffer(), db.buffer());
    return db;
  }

  /** Gradients are written in place, when they are clipped: two parameters never share one. */
  private Tensor copy(Tensor gradient) {
    Tensor other = Tensor.like(gradient);
    backend.copy(StridedCopy.plain(gradient.size()), gradient.buffer(), other.buffer());
    return other;
  }

  /** Dropout behind a layer, in place; the mask is the same for its gradient. */
  private void drop(int layer, Tensor y) {
    if (stack.dropouts().isEmpty()) {
      return;
    }
    Varying<DropoutSpec> draw = stack.dropouts().get(layer);
    float p = draw.current().p();
    if (p == 1) {
      backend.fill(y.buffer(), 0);
    } else if (p > 0) {
      draw.call((on, spec) -> on.dropout(spec, y.buffer(), y.buffer()));
    }
  }

  private RecurrentSpec spec(int layer, int direction) {
    return new RecurrentSpec(
        cell,
        steps,
        batch,
        hidden,
        stack.batchFirst(),
        direction == 1,
        directions * hidden,
        direction * hidden,
        (layer * directions + direction) * batch * hidden);
  }

  private Tensor matrix(int height, int width) {
    return Tensor.empty(x.device(), DType.FLOAT32, Shape.of(height, width));
  }

  private static @Nullable Buffer bufferOf(@Nullable Tensor tensor) {
    return tensor == null ? null : tensor.buffer();
  }
}
