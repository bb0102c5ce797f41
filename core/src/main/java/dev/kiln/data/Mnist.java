package dev.kiln.data;

import dev.kiln.io.FormatException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Handwritten digits (LeCun, Cortes and Burges), or what is laid out like them, such as
 * Fashion-MNIST: images of 28 × 28 grey levels in ten classes, as inputs {@code [1, 28, 28]} from 0
 * to 1.
 *
 * @param train to learn from: 60,000 images when whole
 * @param test to be judged by: 10,000
 */
public record Mnist(Dataset train, Dataset test) {
  /** How many classes there are. */
  public static final int CLASSES = 10;

  /**
   * Opens a folder with the four files under their usual names, {@code
   * {train,t10k}-{images-idx3,labels-idx1}-ubyte}, each raw or with {@code .gz}.
   *
   * @throws FileNotFoundException if one is missing
   * @throws FormatException if one is cut off or corrupt, or if images and labels do not fit
   */
  public static Mnist open(Path folder) throws IOException {
    return new Mnist(open(folder, "train"), open(folder, "t10k"));
  }

  private static Dataset open(Path folder, String part) throws IOException {
    Path imageFile = find(folder, part + "-images-idx3-ubyte");
    Path labelFile = find(folder, part + "-labels-idx1-ubyte");
    Idx images = Idx.read(imageFile);
    Idx labels = Idx.read(labelFile);
    if (images.shape().rank() != 3) {
      throw new FormatException(
          imageFile.toString(), "holds " + images.shape() + "; images are [n, height, width]");
    }
    if (labels.shape().rank() != 1 || labels.shape().dim(0) != images.shape().dim(0)) {
      throw new FormatException(
          labelFile.toString(),
          "holds " + labels.shape() + " labels for the images " + images.shape());
    }
    byte[] values = labels.values();
    for (int i = 0; i < values.length; i++) {
      if ((values[i] & 0xFF) >= CLASSES) {
        throw new FormatException(
            labelFile.toString(),
            "label " + i + " is " + (values[i] & 0xFF) + "; digits are 0 to " + (CLASSES - 1));
      }
    }
    return new GreyImages(images, labels);
  }

  private static Path find(Path folder, String name) throws FileNotFoundException {
    Path raw = folder.resolve(name);
    if (Files.isRegularFile(raw)) {
      return raw;
    }
    Path zipped = folder.resolve(name + ".gz");
    if (Files.isRegularFile(zipped)) {
      return zipped;
    }
    throw new FileNotFoundException(
        folder + ": has no " + name + ", raw or with .gz; MNIST is four such files");
  }
}
