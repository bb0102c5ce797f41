package dev.kiln.examples.mnist;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The data sets that {@code kiln mnist} knows: both are four files of the same layout. */
public enum ImageSet {
  /** Handwritten digits. */
  MNIST("MNIST", "mnist", List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")),
  /** Zalando's clothes (Xiao, Rasul and Vollgraf 2017). */
  FASHION(
      "Fashion-MNIST",
      "fashion-mnist",
      List.of(
          "T-shirt",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "boot"));

  private final String title;
  private final String folder;
  private final List<String> classes;

  ImageSet(String title, String folder, List<String> classes) {
    this.title = title;
    this.folder = folder;
    this.classes = classes;
  }

  /** What people call it. */
  String title() {
    return title;
  }

  /** What its ten classes are called. */
  List<String> classes() {
    return classes;
  }

  /** The four files. */
  List<KnownFile> files() {
    return this == MNIST ? KnownFile.MNIST : KnownFile.FASHION;
  }

  /** Public folders that have them, each with .gz. */
  List<URI> mirrors() {
    return this == MNIST ? Download.MNIST_MIRRORS : Download.FASHION_MIRRORS;
  }

  /** Where this user keeps it. */
  Path cache() {
    return MnistCache.directory(folder);
  }

  /** Where a package of the system puts it: Debian's dataset-fashion-mnist. */
  @Nullable Path installed() {
    return this == MNIST ? null : Path.of("/usr/share/datasets/fashion-mnist");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
