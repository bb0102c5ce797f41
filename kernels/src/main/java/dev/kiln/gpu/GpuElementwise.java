package dev.kiln.gpu;

import dev.kiln.backend.Binary;
import dev.kiln.backend.Broadcast;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Elementwise;
import dev.kiln.backend.Unary;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Elementwise functions: unary.cl; elementwise.cl where operands are of one size, broadcast.cl
 * elsewhere.
 */
interface GpuElementwise extends Elementwise, GpuFamily {
  @Override
  default void unary(Unary f, Buffer x, Buffer y) {
    map("unary", lowerCase(f.function()) + "_forward", y.size(), x, y, y.size(), f.a(), f.b());
  }

  @Override
  default void unaryGradient(Unary f, Buffer kept, Buffer dy, Buffer dx) {
    String kernel = lowerCase(f.function()) + "_gradient";
    map("unary", kernel, dx.size(), kept, dy, dx, dx.size(), f.a(), f.b());
  }

  @Override
  default void affine(float scale, float shift, Buffer x, Buffer y) {
    map("elementwise", "affine", y.size(), x, y, y.size(), scale, shift);
  }

  @Override
  default void binary(Binary f, Broadcast broadcast, Buffer a, Buffer b, Buffer y) {
    if (broadcast.isPlain()) {
      map("elementwise", lowerCase(f) + "_1", y.size(), a, b, y, y.size());
    } else if (y.size() > 0) {
      spread(f, broadcast, a, b, y);
    }
  }

  private void map(String text, String kernel, int size, @Nullable Object... arguments) {
    String program = cpuKernels() ? text + "_cpu" : text;
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
        small ? lowerCase(f) + "_3" : "broadcast_8",
        covering(program, runs.items),
        arguments);
  }

  /** Kernels are named like constants. */
  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
