package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageAugmentationTest {
  private static final Shape SHAPE = Shape.of(1, 9, 9);

  private static float[] augmented(ImageAugmentation how, long stream, float... image) {
    float[] padded = new float[image.length + 4];
    Arrays.fill(padded, 7);
    System.arraycopy(image, 0, padded, 2, image.length);
    how.apply(padded, 2, SHAPE, new Generator(5, stream));
    assertThat(padded).startsWith(7, 7).endsWith(7, 7);
    return Arrays.copyOfRange(padded, 2, 2 + image.length);
  }

  /** One bright pixel in the middle. */
  private static float[] dot() {
    float[] image = new float[81];
    image[40] = 1;
    return image;
  }

  private static float sum(float[] values) {
    float sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  @Test
  void nothingAskedForIsNothingDone() {
    float[] image = new Generator(1).uniform(81, 0, 1);
    assertThat(augmented(ImageAugmentation.NONE, 0, image)).isEqualTo(image);
  }

  @Test
  void aShiftMovesADotByNoMoreThanAskedAndKeepsItsLight() {
    boolean moved = false;
    for (int stream = 0; stream < 50; stream++) {
      float[] shifted = augmented(ImageAugmentation.NONE.shift(2), stream, dot());
      assertThat(sum(shifted)).isEqualTo(1, within(1e-5f));
      for (int i = 0; i < 81; i++) {
        if (shifted[i] > 1e-6f) {
          assertThat(Math.abs(i / 9 - 4)).isLessThanOrEqualTo(2);
          assertThat(Math.abs(i % 9 - 4)).isLessThanOrEqualTo(2);
          moved |= Math.abs(i / 9 - 4) == 2;
        }
      }
    }
    assertThat(moved).isTrue();
  }

  @Test
  void aTurnLeavesTheMiddleWhereItIsAndMovesTheRest() {
    float[] image = dot();
    assertThat(augmented(ImageAugmentation.NONE.rotate(30), 3, image)[40]).isEqualTo(1);
    float[] line = new float[81];
    Arrays.fill(line, 36, 45, 1);
    float[] turned = augmented(ImageAugmentation.NONE.rotate(30), 3, line);
    assertThat(turned[40]).isEqualTo(1, within(1e-5f));
    assertThat(turned[36]).isLessThan(0.9f);
  }

  @Test
  void noiseHasItsDeviationAndStaysBetween0And1() {
    float[] grey = new float[81];
    Arrays.fill(grey, 0.5f);
    float[] noisy = augmented(ImageAugmentation.NONE.noise(0.1), 0, grey);
    double squares = 0;
    for (float value : noisy) {
      squares += (value - 0.5) * (value - 0.5);
    }
    assertThat(Math.sqrt(squares / 81)).isEqualTo(0.1, within(0.03));
    for (float value : augmented(ImageAugmentation.NONE.noise(3), 0, grey)) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  @Test
  void theLoaderAugmentsBySeedEpochAndSampleAlone() {
    try (Device device = Device.open("cpu")) {
      float[] images = new float[4 * 81];
      for (int i = 0; i < 4; i++) {
        images[i * 81 + 40] = 1;
      }
      Dataset dots = Dataset.of(images, new int[] {0, 1, 2, 3}, 1, 9, 9);
      ImageAugmentation how = ImageAugmentation.NONE.shift(2);
      List<float[]> first =
          inputs(device, DataLoader.of(device, dots, 1).augmented(how, 3).epoch(0));
      List<float[]> again =
          inputs(device, DataLoader.of(device, dots, 1).augmented(how, 3).epoch(0));
      List<float[]> next =
          inputs(device, DataLoader.of(device, dots, 1).augmented(how, 3).epoch(1));
      List<float[]> other =
          inputs(device, DataLoader.of(device, dots, 1).augmented(how, 4).epoch(0));

      for (int i = 0; i < 4; i++) {
        assertThat(again.get(i)).isEqualTo(first.get(i)).isNotEqualTo(next.get(i));
        assertThat(other.get(i)).isNotEqualTo(first.get(i));
      }
      assertThat(first.get(0)).isNotEqualTo(first.get(1));
      assertThat(images[40]).isEqualTo(1);
    }
  }

  private static List<float[]> inputs(Device device, Iterable<Batch> batches) {
    List<float[]> inputs = new ArrayList<>();
    for (Batch batch : batches) {
      try (Scope step = device.scope()) {
        inputs.add(batch.input().toFloats());
      }
    }
    return inputs;
  }

  @Test
  void whatIsNoImageOrNoAmountIsRefused() {
    assertThatThrownBy(
            () -> ImageAugmentation.NONE.apply(new float[4], 0, Shape.of(2, 2), new Generator(0)))
        .hasMessageContaining("[channels, h, w], not [2, 2]");
    assertThatThrownBy(() -> ImageAugmentation.NONE.shift(-1)).hasMessageContaining("shift -1");
  }

  @Test
  void aSliceHasItsSamplesAndNoOthers() {
    Dataset part =
        Dataset.of(new float[] {0, 1, 2, 3, 4}, new int[] {5, 6, 7, 8, 9}, 1).slice(1, 4);

    assertThat(part.size()).isEqualTo(3);
    assertThat(part.target(0)).isEqualTo(6);
    float[] value = new float[1];
    part.read(2, value, 0);
    assertThat(value[0]).isEqualTo(3);
    assertThatThrownBy(() -> part.target(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> part.slice(0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
