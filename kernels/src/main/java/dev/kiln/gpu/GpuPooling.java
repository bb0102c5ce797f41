package dev.kiln.gpu;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Pool2dSpec;
import dev.kiln.backend.Pooling;

/** The kernels of {@code pool.cl}: unrolled where windows are 2 × 2, by whole rows on CPUs. */
interface GpuPooling extends Pooling, GpuStriding {
  @Override
  default void maxPool2d(Pool2dSpec spec, Buffer x, Buffer y, Buffer indices) {
    pool(spec, "max_pool", spec.outHeight(), spec.outWidth(), x, y, indices);
  }

  @Override
  default void maxPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer indices, Buffer dx) {
    pool(spec, "max_pool_gradient", spec.inHeight(), spec.inWidth(), dy, indices, dx);
  }

  @Override
  default void avgPool2d(Pool2dSpec spec, Buffer x, Buffer y) {
    pool(spec, "average_pool", spec.outHeight(), spec.outWidth(), x, y);
  }

  @Override
  default void avgPool2dGradient(Pool2dSpec spec, Buffer dy, Buffer dx) {
    pool(spec, "average_pool_gradient", spec.inHeight(), spec.inWidth(), dy, dx);
  }

  /**
   * @param height of the result, as {@code width}
   */
  private void pool(Pool2dSpec spec, String kernel, int height, int width, Buffer... buffers) {
    String program = isPlain2x2(spec) ? "pool_2x2" : "pool";
    int rows = spec.planes() * height;
    Object[] extents = {
      spec.inHeight(),
      spec.inWidth(),
      spec.outHeight(),
      spec.outWidth(),
      spec.kernelHeight(),
      spec.kernelWidth(),
      spec.strideHeight(),
      spec.strideWidth(),
      spec.paddingHeight(),
      spec.paddingWidth(),
      spec.countIncludePad() ? 1 : 0,
      cpuKernels() ? rows : rows * width
    };
    Object[] arguments = new Object[buffers.length + extents.length];
    System.arraycopy(buffers, 0, arguments, 0, buffers.length);
    System.arraycopy(extents, 0, arguments, buffers.length, extents.length);
    if (cpuKernels()) {
      launch(program, kernel + "_by_row", singleGrid(width == 0 ? 0 : rows), arguments);
    } else {
      launch(program, kernel + "_by_item", itemGrid(program, (long) rows * width), arguments);
    }
  }

  /** Windows of 2 × 2 side by side, all inside the plane: what {@code WINDOW=2} takes for given. */
  private static boolean isPlain2x2(Pool2dSpec spec) {
    return spec.kernelHeight() == 2
        && spec.kernelWidth() == 2
        && spec.strideHeight() == 2
        && spec.strideWidth() == 2
        && spec.paddingHeight() == 0
        && spec.paddingWidth() == 0
        && 2 * spec.outHeight() <= spec.inHeight()
        && 2 * spec.outWidth() <= spec.inWidth();
  }
}
