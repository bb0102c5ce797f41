package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import java.util.Arrays;
import java.util.List;

/** A tensor cut along one dimension: what a join undoes. */
public final class Split {
  private Split() {}

  /**
   * @param size of every part but the last, which is what is left
   * @param dim negative counts from the end
   * @throws ShapeException if there is no such dimension or the size is below 1
   */
  public static List<Tensor> bySize(Tensor x, int size, int dim) {
    int axis = axis("split", x, dim);
    if (size < 1) {
      throw new ShapeException("split: parts have a size of at least 1, not " + size);
    }
    int extent = x.dim(axis);
    int[] sizes = new int[Math.max(1, (extent + size - 1) / size)];
    Arrays.fill(sizes, size);
    sizes[sizes.length - 1] = extent - (sizes.length - 1) * size;
    return List.of(cut(x, axis, sizes));
  }

  /**
   * @param count the most parts; as in PyTorch there are fewer where that makes them of one size
   * @throws ShapeException if there is no such dimension or the count is below 1
   */
  public static List<Tensor> chunks(Tensor x, int count, int dim) {
    int axis = axis("chunk", x, dim);
    if (count < 1) {
      throw new ShapeException("chunk: there is at least 1 part, not " + count);
    }
    return bySize(x, Math.max(1, (x.dim(axis) + count - 1) / count), axis);
  }

  /**
   * @param sizes of the parts, in order; together they are the extent of the dimension
   * @throws ShapeException if they are not
   */
  public static List<Tensor> apply(Tensor x, int[] sizes, int dim) {
    int axis = axis("split", x, dim);
    if (Arrays.stream(sizes).anyMatch(size -> size < 0)
        || Arrays.stream(sizes).asLongStream().sum() != x.dim(axis)) {
      throw new ShapeException(
          "split: the sizes "
              + Arrays.toString(sizes)
              + " should add up to the "
              + x.dim(axis)
              + " of dimension "
              + dim
              + " of "
              + x.shape());
    }
    return List.of(cut(x, axis, sizes.clone()));
  }

  private static int axis(String op, Tensor x, int dim) {
    if (x.shape().rank() == 0) {
      throw new ShapeException(op + ": a scalar has no dimension to cut");
    }
    return x.shape().axis(op, dim);
  }

  private static Tensor[] cut(Tensor x, int axis, int[] sizes) {
    Tensor[] parts = new Tensor[sizes.length];
    int at = 0;
    for (int i = 0; i < sizes.length; i++) {
      parts[i] = part(x, axis, at, sizes[i]);
      at += sizes[i];
    }
    Tape.record(
        parts,
        new Tensor[] {x},
        dy -> {
          Tensor dx = Tensor.like(x);
          if (Arrays.asList(dy).contains(null)) {
            x.backend().fill(dx.buffer(), 0);
          }
          int from = 0;
          for (int i = 0; i < sizes.length; i++) {
            Tensor given = dy[i];
            if (given != null) {
              Block.of(given.shape(), x.shape(), axis, from).copyInto(given, dx);
            }
            from += sizes[i];
          }
          return new Tensor[] {dx};
        });
    return parts;
  }

  private static Tensor part(Tensor x, int axis, int from, int size) {
    Shape shape = x.shape().with(axis, size);
    Block block = Block.of(shape, x.shape(), axis, from);
    if (block.outer() == 1 && size > 0 && block.offset() % x.backend().alignment() == 0) {
      return x.view(shape, block.offset());
    }
    Tensor y = Tensor.empty(x.device(), x.dtype(), shape);
    block.copyOut(x, y);
    return y;
  }
}
