package dev.kiln.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Shape;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StridedCopyTest {
  @Test
  void aDenseCopyHasOneDimension() {
    int[] strides = Shape.of(2, 3, 4).strides();
    StridedCopy copy = StridedCopy.of(new int[] {2, 3, 4}, 0, strides, 0, strides);
    assertThat(copy.extents()).containsExactly(24);
  }

  @Test
  void equalShapesBroadcastInOneDimension() {
    Shape shape = Shape.of(2, 1, 3);
    assertThat(Broadcast.of(shape, shape, shape).isPlain()).isTrue();
    assertThat(Broadcast.of(Shape.of(3), shape, shape).isPlain()).isFalse();
  }

  @Property
  void mergingDimensionsMovesTheSameElements(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 3) Integer> extents,
      @ForAll @Size(min = 4, max = 4) List<@IntRange(min = 0, max = 6) Integer> source) {
    int[] whole = extents.stream().mapToInt(i -> i).toArray();
    int[] dense = Shape.of(whole).strides();
    int[] strides = source.stream().limit(whole.length).mapToInt(i -> i).toArray();
    StridedCopy merged = StridedCopy.of(whole, 1, strides, 2, dense);
    assertThat(moves(merged)).isEqualTo(moves(new StridedCopy(whole, 1, strides, 2, dense)));
  }

  private static List<String> moves(StridedCopy copy) {
    List<String> moves = new ArrayList<>();
    for (int i = 0; i < copy.size(); i++) {
      int from = copy.sourceOffset();
      int to = copy.destinationOffset();
      int rest = i;
      for (int d = copy.extents().length - 1; d >= 0; d--) {
        int index = rest % copy.extents()[d];
        rest /= copy.extents()[d];
        from += index * copy.sourceStrides()[d];
        to += index * copy.destinationStrides()[d];
      }
      moves.add(from + " to " + to);
    }
    return moves;
  }
}
