package dev.kiln.gpu;

import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code kiln tune} has found on one device, in the user's {@link CacheFolder}. It holds for
 * the driver and the kernels that it was measured with. A file that is for others, or damaged, is
 * as good as none, and the log says so.
 *
 * <pre>
 *   kiln tuning 1
 *   device    its name, and what {@link DeviceClass} says of it
 *   driver    its version
 *   kernels   SHA-256 of all kernel texts
 *   gemm nn 512 512 64 1 = 64/2
 *   ...
 *   end
 * </pre>
 */
final class TuningFile {
  private static final System.Logger LOG = System.getLogger("dev.kiln.gpu");
  private static final String FORMAT = "kiln tuning 1";
  private static final String END = "end";

  private static final int LONGEST_NAME = 120;

  private final Path path;
  private final String device;
  private final String driver;

  private TuningFile(Path path, String device, String driver) {
    this.path = path;
    this.device = device;
    this.driver = driver;
  }

  /**
   * @return null where nothing is to be kept on disk
   */
  static @Nullable TuningFile of(DriverInfo info, DeviceClass type) {
    Path folder = CacheFolder.of("tuning");
    return folder == null ? null : in(folder, info, type);
  }

  static TuningFile in(Path folder, DriverInfo info, DeviceClass type) {
    String device = oneLine(info.name() + " · " + type);
    return new TuningFile(folder.resolve(fileName(device)), device, oneLine(info.version()));
  }

  /** For people; whether it is the device's own file is seen from its head. */
  private static String fileName(String device) {
    String words = device.replaceAll("[^\\p{Alnum}]+", "-");
    return words.substring(0, Math.min(words.length(), LONGEST_NAME)) + ".txt";
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  Path path() {
    return path;
  }

  /** What stands at the head of a file that holds for this device as it is now. */
  private List<String> head() {
    return List.of(
        FORMAT,
        "device " + device,
        "driver " + driver,
        "kernels " + ProgramCatalog.shipped().digest());
  }

  /** The winners; none if there is no file that holds for this device as it is now. */
  Winners read() {
    if (!Files.isRegularFile(path)) {
      return new Winners();
    }
    try {
      List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8);
      List<String> head = head();
      for (int i = 0; i < head.size(); i++) {
        if (i >= lines.size() || !lines.get(i).equals(head.get(i))) {
          String expected = head.get(i);
          return ignored(
              i == 0
                  ? "it is no such file"
                  : "it was measured with another "
                      + expected
                          .substring(0, expected.indexOf(' '))
                          .replace("kernels", "version of the kernels"));
        }
      }
      return winners(lines.subList(head.size(), lines.size()));
    } catch (CharacterCodingException | IllegalArgumentException e) {
      return ignored("it is damaged: " + e.getMessage());
    } catch (IOException e) {
      return ignored(e.toString());
    }
  }

  private static Winners winners(List<String> lines) {
    int last = lines.size() - 1;
    if (last < 0 || !lines.get(last).equals(END)) {
      throw new IllegalArgumentException("its end is missing");
    }
    Winners winners = new Winners();
    lines.subList(0, last).forEach(winners::parse);
    return winners;
  }

  private Winners ignored(String why) {
    LOG.log(System.Logger.Level.WARNING, "{0} is ignored: {1}; kiln tune measures anew", path, why);
    return new Winners();
  }

  /**
   * Puts the winners in the place of what was there, all at once.
   *
   * @throws IOException if the folder is none, or cannot be written to
   */
  void write(Winners winners) throws IOException {
    try {
      replace(winners);
    } catch (IOException e) {
      throw new IOException(
          "what tuning finds cannot be kept in "
              + path.getParent()
              + ": "
              + e
              + "; -Dkiln.cache=DIR names another folder",
          e);
    }
  }

  private void replace(Winners winners) throws IOException {
    List<String> lines = new ArrayList<>(head());
    lines.addAll(winners.lines());
    lines.add(END);
    Path folder = path.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path part = Files.createTempFile(folder, "part", null);
    try {
      Files.write(part, lines, StandardCharsets.UTF_8);
      Files.move(part, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
