package dev.kiln.examples.mnist;

import dev.kiln.data.Mnist;
import dev.kiln.examples.ResourceFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The images to learn from and be judged by.
 *
 * @param origin where they are from, for people
 */
public record MnistData(Mnist images, String origin) {
  /**
   * What the user names, else his cache, else the subset that ships with Kiln.
   *
   * @param named a folder with MNIST's four files, or null
   * @throws IOException if that folder, or the cache, has damaged files
   */
  public static MnistData choose(@Nullable Path named) throws IOException {
    if (named != null) {
      return new MnistData(Mnist.open(named), named.toString());
    }
    Path cache = MnistCache.directory();
    if (MnistCache.isFull(cache)) {
      return new MnistData(Mnist.open(cache), "your cache, " + cache);
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
