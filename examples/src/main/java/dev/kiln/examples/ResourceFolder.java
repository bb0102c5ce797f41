package dev.kiln.examples;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A folder that ships with Kiln, in its jar or beside its classes, as if it lay on a disk. */
public final class ResourceFolder implements AutoCloseable {
  private final Path path;
  private final @Nullable FileSystem archive;

  private ResourceFolder(Path path, @Nullable FileSystem archive) {
    this.path = path;
    this.archive = archive;
  }

  /**
   * Opens the folder in which a resource lies.
   *
   * @param resource a file in it, named from the package of {@code neighbour}
   * @throws IOException if this build came without it
   */
  public static ResourceFolder around(Class<?> neighbour, String resource) throws IOException {
    URL url = neighbour.getResource(resource);
    if (url == null) {
      throw new IOException("this build of Kiln comes without its " + resource);
    }
    URI uri;
    try {
      uri = url.toURI();
    } catch (URISyntaxException e) {
      throw new IOException("no path leads to " + url, e);
    }
    if (!"jar".equals(uri.getScheme())) {
      return new ResourceFolder(Path.of(uri).resolveSibling(""), null);
    }
    // jar:file:/path/to/kiln.jar!/dev/kiln/...
    String whole = uri.toString();
    int inside = whole.lastIndexOf("!/");
    Path jar = Path.of(URI.create(whole.substring("jar:".length(), inside)));
    FileSystem archive = FileSystems.newFileSystem(jar);
    Path file = archive.getPath(whole.substring(inside + 1));
    return new ResourceFolder(file.resolveSibling(""), archive);
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    if (archive != null) {
      archive.close();
    }
  }
}
