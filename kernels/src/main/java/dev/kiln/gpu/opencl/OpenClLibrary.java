package dev.kiln.gpu.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jocl.CL;
import org.jspecify.annotations.Nullable;

/**
 * JOCL's native part and the system's OpenCL loader, brought in once.
 *
 * <p>JOCL unpacks its library under a fixed name into {@code java.io.tmpdir} and loads whatever
 * already lies there. So while it loads, that property points at a fresh folder that only this user
 * can write to, and which is gone right after.
 */
final class OpenClLibrary {
  private static final String TEMPORARY = "java.io.tmpdir";
  private static final @Nullable String PROBLEM = load();

  private OpenClLibrary() {}

  /** Why there is no OpenCL here, in one sentence; null where there is. */
  static @Nullable String problem() {
    return PROBLEM;
  }

  private static @Nullable String load() {
    String before = System.getProperty(TEMPORARY);
    try {
      Path folder = Files.createTempDirectory("kiln-opencl");
      try {
        System.setProperty(TEMPORARY, folder.toString());
        CL.setExceptionsEnabled(false);
        return null;
      } finally {
        System.setProperty(TEMPORARY, before);
        delete(folder);
      }
    } catch (LinkageError e) {
      return describe(e);
    } catch (IOException e) {
      return "no OpenCL: JOCL's library cannot be unpacked below " + before + ": " + e;
    }
  }

  private static String describe(LinkageError e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Implementation library could not be loaded")
        ? "no OpenCL: "
            + loaderName()
            + " was not found, or is no library; a GPU's driver brings it"
        : "no OpenCL: JOCL's own library does not load: " + message.lines().findFirst().orElse("");
  }

  private static String loaderName() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.contains("windows")) {
      return "OpenCL.dll";
    }
    return system.contains("mac") ? "OpenCL.framework" : "libOpenCL.so.1";
  }

  /** At once where the system lets go of a loaded library's file, else when the process ends. */
  private static void delete(Path folder) throws IOException {
    folder.toFile().deleteOnExit();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (!file.toFile().delete()) {
          file.toFile().deleteOnExit();
        }
      }
    }
    folder.toFile().delete();
  }
}
