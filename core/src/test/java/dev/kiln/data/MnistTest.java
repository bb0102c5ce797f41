package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.io.FormatException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  @TempDir Path folder;

  @BeforeEach
  void writeThreeImages() throws IOException {
    write("train-images-idx3-ubyte", IdxFiles.of(new int[] {2, 1, 2}, 0, 51, 102, 255));
    write("train-labels-idx1-ubyte.gz", IdxFiles.gzip(IdxFiles.of(new int[] {2}, 9, 0)));
    write("t10k-images-idx3-ubyte.gz", IdxFiles.gzip(IdxFiles.of(new int[] {1, 1, 2}, 255, 0)));
    write("t10k-labels-idx1-ubyte", IdxFiles.of(new int[] {1}, 5));
  }

  private void write(String name, byte[] content) throws IOException {
    Files.write(folder.resolve(name), content);
  }

  @Test
  void pixelsBecomeNumbersFromZeroToOne() throws IOException {
    Mnist mnist = Mnist.open(folder);
    assertThat(mnist.train().size()).isEqualTo(2);
    assertThat(mnist.train().inputShape().toArray()).containsExactly(1, 1, 2);
    float[] row = new float[4];
    mnist.train().read(1, row, 1);
    assertThat(row).containsExactly(0, 0.4f, 1, 0);
    assertThat(mnist.train().target(0)).isEqualTo(9);
    assertThat(mnist.test().size()).isEqualTo(1);
    assertThat(mnist.test().target(0)).isEqualTo(5);
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
    assertThatThrownBy(() -> Mnist.open(folder))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(folder + ": has no t10k-labels-idx1-ubyte, raw or with .gz");
  }

  @Test
  void aLabelThatIsNoDigitIsRefused() throws IOException {
    write("t10k-labels-idx1-ubyte", IdxFiles.of(new int[] {1}, 200));
    assertThatThrownBy(() -> Mnist.open(folder))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("label 0 is 200; digits are 0 to 9");
  }

  @Test
  void imagesAndLabelsHaveToFit() throws IOException {
    write("t10k-labels-idx1-ubyte", IdxFiles.of(new int[] {2}, 1, 2));
    assertThatThrownBy(() -> Mnist.open(folder))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("holds [2] labels for the images [1, 1, 2]");
    write("t10k-images-idx3-ubyte.gz", IdxFiles.of(new int[] {2}, 1, 2));
    assertThatThrownBy(() -> Mnist.open(folder))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("holds [2]; images are [n, height, width]");
  }

  @Test
  void takeGivesTheFirstSamples() throws IOException {
    Dataset one = Mnist.open(folder).train().take(1);
    assertThat(one.size()).isEqualTo(1);
    assertThat(one.target(0)).isEqualTo(9);
    assertThatThrownBy(() -> one.target(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(one.take(5).size()).isEqualTo(1);
    assertThatThrownBy(() -> one.take(-1)).hasMessageContaining("take: -1 samples");
  }
}
