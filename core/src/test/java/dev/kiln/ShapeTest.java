package dev.kiln;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void scalarHasOneElementAndNoDimension() {
    assertThat(Shape.scalar().size()).isEqualTo(1);
    assertThat(Shape.scalar().rank()).isZero();
    assertThat(Shape.of()).isEqualTo(Shape.scalar()).hasToString("[]");
  }

  @Test
  void negativeDimensionsCountFromTheEnd() {
    Shape shape = Shape.of(2, 3, 5);
    assertThat(shape.dim(-1)).isEqualTo(5);
    assertThat(shape.axis("sum", -3)).isZero();
    assertThatThrownBy(() -> shape.axis("sum", 3))
        .isInstanceOf(ShapeException.class)
        .hasMessage("sum: [2, 3, 5] has no dimension 3 (it takes -3 to 2)");
  }

  @Test
  void refusesWhatNoTensorCanHave() {
    assertThatThrownBy(() -> Shape.of(2, -1)).hasMessageContaining("negative extent");
    assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 16)).hasMessageContaining("2^31 - 1");
    assertThatThrownBy(() -> Shape.of(new int[9])).hasMessageContaining("more than 8 dimensions");
  }

  @Test
  void saysWhichDimensionDoesNotBroadcast() {
    assertThatThrownBy(() -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(4, 3, 3)))
        .hasMessage(
            "add: [2, 3] and [4, 3, 3] do not broadcast: dimension -2 is 2 and 3 (equal extents, or"
                + " one of them 1, are needed)");
  }

  @Property
  void broadcastingIsCommutativeAndAShapeWithItselfIsItself(
      @ForAll @Size(max = 5) List<@IntRange(min = 0, max = 4) Integer> extents) {
    Shape shape = Shape.of(extents.stream().mapToInt(i -> i).toArray());
    assertThat(Shape.broadcast("add", shape, shape)).isEqualTo(shape);
    assertThat(Shape.broadcast("add", shape, Shape.scalar())).isEqualTo(shape);
    assertThat(Shape.broadcast("add", Shape.scalar(), shape)).isEqualTo(shape);
  }

  @Property
  void stridesReachEveryElementOnce(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 5) Integer> extents) {
    Shape shape = Shape.of(extents.stream().mapToInt(i -> i).toArray());
    int last = 0;
    for (int i = 0; i < shape.rank(); i++) {
      last += (shape.dim(i) - 1) * shape.strides()[i];
    }
    assertThat(last).isEqualTo(shape.size() - 1);
  }
}
