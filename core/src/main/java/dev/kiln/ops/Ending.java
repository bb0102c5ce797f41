package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Epilogue;
import dev.kiln.backend.Unary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a linear or convolution layer ends, {@code y = f(product + bias + residual)}, where that is
 * one call of the backend.
 *
 * @param function null for none; else one whose gradient wants y alone, unless none is wanted
 */
record Ending(@Nullable Tensor bias, @Nullable Tensor residual, @Nullable Unary function) {
  /**
   * Whether a function can end the same call: it can be part of an {@link Epilogue}, and its
   * gradient, if {@code operands} want one, does not take its input, which then is nowhere.
   */
  static boolean takes(@Nullable Unary function, @Nullable Tensor... operands) {
    return function == null
        || Epilogue.Activation.of(function) != null
            && (function.keepsOutput() || !Tape.records(given(operands)));
  }

  /**
   * @param y the result's shape
   * @param operands what it follows from, for people
   */
  static void checkResidual(String op, @Nullable Tensor residual, Shape y, String operands) {
    if (residual != null && !residual.shape().equals(y)) {
      throw new ShapeException(
          op
              + ": the residual "
              + residual.shape()
              + " should be "
              + y
              + ", the shape of what it is added to ("
              + operands
              + "); use add, which broadcasts, on the result");
    }
  }

  Epilogue epilogue() {
    Epilogue.Activation activation =
        function == null ? Epilogue.Activation.NONE : Epilogue.Activation.of(function);
    if (activation == null) {
      throw new IllegalStateException(function + " cannot be part of an epilogue");
    }
    return new Epilogue(bufferOf(bias), bufferOf(residual), activation);
  }

  private static @Nullable Buffer bufferOf(@Nullable Tensor tensor) {
    return tensor == null ? null : tensor.buffer();
  }

  /** What {@link #record} is given: those operands that there are. */
  static Tensor[] given(@Nullable Tensor... operands) {
    List<Tensor> given = new ArrayList<>();
    for (Tensor operand : operands) {
      if (operand != null) {
        given.add(operand);
      }
    }
    return given.toArray(new Tensor[0]);
  }

  /** Makes the gradients of the input, the weight and the bias from that of the product. */
  interface ProductGradients {
    Tensor input(Tensor dz);

    Tensor weight(Tensor dz);

    Tensor bias(Tensor dz, Tensor bias);
  }

  /**
   * Notes how y came about. Its gradient is first taken back through the function; what that gives
   * is the gradient of the product, and of the residual as it is.
   *
   * @return {@code y}
   */
  Tensor record(Tensor y, Tensor x, Tensor weight, ProductGradients gradients) {
    Tensor[] inputs = given(x, weight, bias, residual);
    return Tape.record(
        y,
        inputs,
        dy -> {
          Tensor dz = dy;
          if (function != null) {
            dz = Tensor.like(y);
            y.backend().unaryGradient(function, y.buffer(), dy.buffer(), dz.buffer());
          }
          List<@Nullable Tensor> made = new ArrayList<>();
          made.add(x.requiresGrad() ? gradients.input(dz) : null);
          made.add(weight.requiresGrad() ? gradients.weight(dz) : null);
          if (bias != null) {
            made.add(bias.requiresGrad() ? gradients.bias(dz, bias) : null);
          }
          boolean passedOn = residual != null && residual.requiresGrad();
          if (residual != null) {
            made.add(passedOn ? dz : null);
          }
          if (dz != dy && !passedOn) {
            dz.close();
          }
          return made.toArray(new Tensor[0]);
        });
  }
}
