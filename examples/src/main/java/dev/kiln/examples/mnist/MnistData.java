package dev.kiln.examples.mnist;

import dev.kiln.data.Mnist;
import dev.kiln.examples.ResourceFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The images to learn from and be judged by.
 *
 * @param origin where they are from, for people
 */
public record MnistData(Mnist images, String origin) {
  /**
   * What the user names, else his cache, else, of MNIST, the subset that ships with Kiln.
   *
   * @param named a folder with the set's four files, or null
   * @throws IOException if that folder, or the cache, has damaged files, or there is none
   */
  public static MnistData choose(ImageSet set, @Nullable Path named) throws IOException {
    if (named != null) {
      return new MnistData(Mnist.open(named), named.toString());
    }
    Path cache = set.cache();
    if (MnistCache.isFull(cache, set.files())) {
      return new MnistData(Mnist.open(cache), "your cache, " + cache);
    }
    Path installed = set.installed();
    if (installed != null && Files.isDirectory(installed)) {
      return new MnistData(Mnist.open(installed), installed.toString());
    }
    if (set != ImageSet.MNIST) {
      throw new IOException(
          set.title()
              + " is not here: kiln data "
              + set
              + " fetches it, or --data names a folder that has it (Debian's package"
              + " dataset-fashion-mnist puts it into "
              + installed
              + ")");
    }
    try (ResourceFolder subset =
        ResourceFolder.around(MnistData.class, "train-images-idx3-ubyte.gz")) {
      return new MnistData(
          Mnist.open(subset.path()),
          "the subset that comes with Kiln; kiln data mnist fetches the whole of it");
    }
  }

  /** With only the first {@code n} images of each part. */
  MnistData take(int n) {
    return new MnistData(new Mnist(images.train().take(n), images.test().take(n)), origin);
  }
}
