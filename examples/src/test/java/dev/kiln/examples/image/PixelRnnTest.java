package dev.kiln.examples.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.Device;
import dev.kiln.Generator;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import dev.kiln.autograd.Tape;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PixelRnnTest {
  private static final int SIDE = 28;

  private final Device device = Device.open("cpu");
  private final PixelRnn net = new PixelRnn(12);
  private final Scope all = device.scope();

  @BeforeEach
  void place() {
    net.to(device, new Generator(1));
  }

  @AfterEach
  void close() {
    all.close();
    device.close();
  }

  private float[] logits(float... image) {
    try (Scope step = device.scope();
        Tape.Pause pause = Tape.pause()) {
      return net.forward(Tensor.of(device, image.clone(), 1, SIDE, SIDE)).toFloats();
    }
  }

  @Test
  void aPixelIsForetoldFromThoseBeforeItAndFromNoOther() {
    float[] image = new Generator(2).uniform(SIDE * SIDE, 0, 1);
    float[] before = logits(image);
    int changed = 10 * SIDE + 7;
    image[changed] = 1 - image[changed];
    float[] after = logits(image);

    for (int i = 0; i <= changed; i++) {
      assertThat(after[i]).as("pixel %d", i).isEqualTo(before[i]);
    }
    assertThat(after[changed + 1]).isNotEqualTo(before[changed + 1]);
    assertThat(after[11 * SIDE]).isNotEqualTo(before[11 * SIDE]);
    assertThat(after[27 * SIDE + 27]).isNotEqualTo(before[27 * SIDE + 27]);
  }

  @Test
  void drawingFollowsTheChancesThatTheNetForetells() {
    float[] drawn;
    try (Tape.Pause pause = Tape.pause()) {
      drawn = net.draw(device, new Generator(3), 200);
    }
    double white = 0;
    double expected = 0;
    for (int i = 0; i < 200; i++) {
      float[] image = Arrays.copyOfRange(drawn, i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
      float[] logits = logits(image);
      for (int p = 0; p < image.length; p++) {
        assertThat(image[p]).isIn(0f, 1f);
        white += image[p];
        expected += 1 / (1 + Math.exp(-logits[p]));
      }
    }
    // 156,800 coins: the mean of that many strays by 0.13 % at most one time in three
    int pixels = 200 * SIDE * SIDE;
    assertThat(white / pixels).isEqualTo(expected / pixels, within(0.008));
  }
}
