package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.ops.Upsample.Mode;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers that look ids up, and that take images and signals to other sizes. */
class ImageLayersTest {
  private final Device device = Device.open("cpu");
  private final Scope scope = device.scope();

  @AfterEach
  void close() {
    scope.close();
    device.close();
  }

  private Tensor image(float... values) {
    return Tensor.of(device, values, 1, 1, 2, values.length / 2);
  }

  private static double largest(Tensor parameter) {
    double largest = 0;
    for (float value : parameter.toFloats()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void embeddingLooksRowsUp() {
    Module embedding = new Embedding(3, 2).to(device);
    embedding.parameters().get(0).write(new float[] {1, 2, 3, 4, 5, 6});
    Tensor ids = Tensor.of(device, new int[] {2, 0, 2, 1}, 2, 2);
    Tensor y = embedding.forward(ids);
    assertThat(y.shape().toArray()).containsExactly(2, 2, 2);
    assertThat(y.toFloats()).containsExactly(5, 6, 1, 2, 5, 6, 3, 4);
  }

  @Test
  void thePaddingRowBeginsAsZerosAndStaysSo() {
    Module embedding = new Embedding(4, 3).paddingIndex(-1).to(device);
    Tensor weight = embedding.parameters().get(0);
    assertThat(weight.slice(0, 3, 4).toFloats()).containsOnly(0);
    assertThat(largest(weight)).isGreaterThan(0.5);
    embedding.forward(Tensor.of(device, new int[] {3, 1, 3}, 3)).sum().backward();
    assertThat(Objects.requireNonNull(weight.grad()).toFloats())
        .containsExactly(0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0);
    assertThatThrownBy(() -> new Embedding(4, 3).paddingIndex(4))
        .hasMessageContaining("padding index 4 is not one of 4 rows");
  }

  @Test
  void weightsBeginAsPytorchsDo() {
    for (Tensor parameter : new Conv1d(20, 30, 5).to(device).parameters()) {
      assertThat(largest(parameter)).isBetween(0.07, 0.1);
    }
    Module enlarging = new ConvTranspose2d(20, 4, 5).to(device);
    for (Tensor parameter : enlarging.parameters()) {
      assertThat(largest(parameter)).isBetween(0.05, 0.1);
    }
    assertThat(enlarging.parameters().get(0).shape().toArray()).containsExactly(20, 4, 5, 5);
  }

  @Test
  void convolutionsTakeTheirOptions() {
    Module signal = new Conv1d(4, 6, 3).stride(2).padding(1).groups(2).bias(false).to(device);
    assertThat(signal.forward(Tensor.ones(device, 2, 4, 9)).shape().toArray())
        .containsExactly(2, 6, 5);
    assertThat(signal.parameters()).hasSize(1);
    Module enlarging =
        new ConvTranspose2d(4, 6, 3).stride(2).padding(1).outputPadding(1).groups(2).to(device);
    assertThat(enlarging.forward(Tensor.ones(device, 1, 4, 7, 5)).shape().toArray())
        .containsExactly(1, 6, 14, 10);
    assertThatThrownBy(() -> new ConvTranspose2d(4, 6, 3).groups(4))
        .hasMessageContaining("4 groups do not divide in 4 and out 6");
  }

  @Test
  void upsamplingRepeatsOrBlends() {
    Tensor x = image(1, 2, 3, 4);
    assertThat(new Upsample(2).forward(x).toFloats())
        .containsExactly(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4);
    assertThat(Upsample.toSize(3, 3).mode(Mode.BILINEAR_ALIGN_CORNERS).forward(x).toFloats())
        .containsExactly(1, 1.5f, 2, 2, 2.5f, 3, 3, 3.5f, 4);
    assertThat(Upsample.toSize(2, 4).mode(Mode.BILINEAR).forward(x).toFloats())
        .containsExactly(1, 1.25f, 1.75f, 2, 3, 3.25f, 3.75f, 4);
    assertThatThrownBy(() -> new Upsample(0)).hasMessageContaining("more than 0, not 0.0");
  }

  @Test
  void poolingToASizeTakesAnyImage() {
    assertThat(new AdaptiveAvgPool2d(1).forward(image(1, 2, 3, 6)).toFloats()).containsExactly(3);
    assertThat(new AdaptiveAvgPool2d(1, 2).forward(image(1, 2, 3, 5, 6, 7)).toFloats())
        .containsExactly(3.5f, 4.5f);
    assertThat(new GlobalMaxPool2d().forward(image(1, 7, 3, 6)).toFloats()).containsExactly(7);
  }

  @Test
  void pixelShuffleLaysChannelsOut() {
    Tensor x = Tensor.of(device, new float[] {1, 2, 3, 4}, 1, 4, 1, 1);
    Tensor y = new PixelShuffle(2).forward(x);
    assertThat(y.shape().toArray()).containsExactly(1, 1, 2, 2);
    assertThat(y.toFloats()).containsExactly(1, 2, 3, 4);
  }
}
