package dev.kiln.gpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Elementwise;
import dev.kiln.backend.Unary;
import org.jspecify.annotations.Nullable;

/** Elementwise functions: elementwise.cl where all is of one size, broadcast.cl elsewhere. */
interface GpuElementwise extends Elementwise, GpuFamily {
  @Override
  default void unary(Unary f, Buffer x, Buffer y) {
    map(forward(f), y.size(), x, y, y.size());
  }

  @Override
  default void unaryGradient(Unary f, Buffer kept, Buffer dy, Buffer dx) {
    map(gradient(f), dx.size(), kept, dy, dx, dx.size());
  }

  @Override
  default void affine(float scale, float shift, Buffer x, Buffer y) {
    map("affine", y.size(), x, y, y.size(), scale, shift);
  }

  @Override
  default void binary(Binary f, Broadcast broadcast, Buffer a, Buffer b, Buffer y) {
    if (broadcast.isPlain()) {
      map(kernel(f, true), y.size(), a, b, y, y.size());
    } else if (y.size() > 0) {
      spread(f, broadcast, a, b, y);
    }
  }

  private void map(String kernel, int size, @Nullable Object... arguments) {
    String program = cpuKernels() ? "elementwise_cpu" : "elementwise";
    int wide = kernels().tunable(program, "WIDE");
    launch(program, kernel, covering(program, (size + wide - 1L) / wide), arguments);
  }

  private void spread(Binary f, Broadcast broadcast, Buffer a, Buffer b, Buffer y) {
    String program = cpuKernels() ? "broadcast_cpu" : "broadcast";
    boolean small = broadcast.extents().length <= 3;
    int rank = small ? 3 : 8;
    RowRuns runs = new RowRuns(broadcast.extents(), cpuKernels(), driver().info().computeUnits());
    int first = small ? 4 : 5;
    @Nullable Object[] arguments = new Object[first + 3 * rank];
    arguments[0] = a;
    arguments[1] = b;
    arguments[2] = y;
    arguments[3] = runs.run;
    if (!small) {
      arguments[4] = f.ordinal();
    }
    RowRuns.put(arguments, first, broadcast.extents(), rank, 1);
    RowRuns.put(arguments, first + rank, broadcast.stridesA(), rank, 0);
    RowRuns.put(arguments, first + 2 * rank, broadcast.stridesB(), rank, 0);
    launch(
        program,
        small ? kernel(f, false) : "broadcast_8",
        covering(program, runs.items),
        arguments);
  }

  private static String forward(Unary f) {
    return switch (f) {
      case RELU -> "relu";
      case SIGMOID -> "sigmoid";
      case TANH -> "tanh_forward";
    };
  }

  private static String gradient(Unary f) {
    return switch (f) {
      case RELU -> "relu_gradient";
      case SIGMOID -> "sigmoid_gradient";
      case TANH -> "tanh_gradient";
    };
  }

  /** add_1 over one size, add_3 with broadcasting: the number of dimensions. */
  private static String kernel(Binary f, boolean plain) {
    return switch (f) {
      case ADD -> plain ? "add_1" : "add_3";
      case SUB -> plain ? "sub_1" : "sub_3";
      case MUL -> plain ? "mul_1" : "mul_3";
      case DIV -> plain ? "div_1" : "div_3";
    };
  }
}
