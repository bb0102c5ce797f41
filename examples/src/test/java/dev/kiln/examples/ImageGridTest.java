package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.Device;
import dev.kiln.Scope;
import dev.kiln.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGridTest {
  @TempDir private Path folder;

  private BufferedImage drawn(ImageGrid grid) throws IOException {
    Path file = folder.resolve("grid.png");
    grid.write(file);
    return ImageIO.read(file.toFile());
  }

  @Test
  void eachPixelBecomesASquareOfItsLevelAndWhatIsOutsideIsCutOff() throws IOException {
    BufferedImage picture = drawn(new ImageGrid(2).row("", 1, 1, 3, 0, 0.5f, 2));

    assertThat(picture.getWidth()).isEqualTo(12 + 6 + 12);
    assertThat(picture.getHeight()).isEqualTo(12 + 2 + 12);
    assertThat(picture.getRaster().getNumBands()).isEqualTo(1);
    int[] levels = picture.getRaster().getSamples(12, 13, 6, 1, 0, (int[]) null);
    assertThat(levels).containsExactly(0, 0, 128, 128, 255, 255);
  }

  @Test
  void coloursAreRedGreenAndBlueAndGreyBesideThemStaysGrey() throws IOException {
    BufferedImage picture =
        drawn(new ImageGrid(1).row("", 3, 1, 1, 1, 0, 0.2f).row("", 1, 1, 1, 0.2f));

    assertThat(picture.getRGB(12, 12)).isEqualTo(0xFFFF0033);
    assertThat(picture.getRGB(12, 17)).isEqualTo(0xFF333333);
  }

  @Test
  void imagesFillRowsOfAsManyAsAskedFor() throws IOException {
    try (Device device = Device.open("cpu");
        Scope all = device.scope()) {
      BufferedImage picture = drawn(new ImageGrid(1).rows(2, Tensor.ones(device, 3, 1, 4, 5)));

      assertThat(picture.getWidth()).isEqualTo(12 + 5 + 4 + 5 + 12);
      assertThat(picture.getHeight()).isEqualTo(12 + 4 + 4 + 4 + 12);
    }
  }

  @Test
  void titlesStandLeftOfTheImages() throws IOException {
    BufferedImage plain = drawn(new ImageGrid(1).row("", 1, 9, 9, new float[81]));
    BufferedImage titled = drawn(new ImageGrid(1).row("original", 1, 9, 9, new float[81]));

    assertThat(titled.getWidth()).isGreaterThan(plain.getWidth() + 40);
  }

  @Test
  void whatIsNoImageIsRefused() {
    assertThatThrownBy(() -> new ImageGrid(1).row("", 2, 1, 1, 0, 0)).hasMessageContaining("not 2");
    try (Device device = Device.open("cpu");
        Scope all = device.scope()) {
      assertThatThrownBy(() -> new ImageGrid(1).row("", Tensor.ones(device, 2, 2)))
          .hasMessageContaining("[n, channels, h, w], not [2, 2]");
    }
  }
}
