package dev.kiln.ops;

import dev.kiln.Shape;
import dev.kiln.Tensor;
import dev.kiln.backend.StridedCopy;

/** Where a part lies in the whole: {@code outer} runs of {@code run} elements. */
record Block(int outer, int run, int offset, int pitch) {
  static Block of(Shape part, Shape whole, int axis, int at) {
    int inner = part.size(axis + 1, part.rank());
    return new Block(
        part.size(0, axis), part.dim(axis) * inner, at * inner, whole.dim(axis) * inner);
  }

  private int[] extents() {
    return new int[] {outer, run};
  }

  private int[] inPart() {
    return new int[] {run, 1};
  }

  private int[] inWhole() {
    return new int[] {pitch, 1};
  }

  void copyInto(Tensor part, Tensor whole) {
    if (part.size() > 0) {
      part.backend()
          .copy(
              StridedCopy.of(extents(), 0, inPart(), offset, inWhole()),
              part.buffer(),
              whole.buffer());
    }
  }

  void copyOut(Tensor whole, Tensor part) {
    if (part.size() > 0) {
      part.backend()
          .copy(
              StridedCopy.of(extents(), offset, inWhole(), 0, inPart()),
              whole.buffer(),
              part.buffer());
    }
  }
}
