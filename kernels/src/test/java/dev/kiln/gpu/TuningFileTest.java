package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.backend.GemmSpec;
import dev.kiln.gpu.driver.DriverInfo;
import dev.kiln.gpu.driver.ProgramCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tuning leaves on disk is found again, and nothing else is taken for it. */
final class TuningFileTest {
  private static final DriverInfo DEVICE = new FakeDriver(1).info();
  private static final WorkShape WORK =
      WorkShape.of(Family.GEMM, GemmSpec.of(512, 512, 64, false, false));

  @TempDir private Path folder;

  private TuningFile file(DriverInfo device) {
    return TuningFile.in(folder, device, DeviceClass.of(device, false));
  }

  private static DriverInfo device(String name, String driver, int units) {
    return new DriverInfo("Fake", name, "nobody", driver, false, units, 1, 1, 0, 256, 64, 0, 1);
  }

  private TuningFile written() throws IOException {
    Winners winners = new Winners();
    winners.put(WORK, "64/2");
    winners.parse("sum rows 1 100 1 = own");
    TuningFile file = file(DEVICE);
    file.write(winners);
    return file;
  }

  @Test
  void givesBackWhatWasWritten() throws IOException {
    written();
    Winners read = file(DEVICE).read();
    assertThat(read.nearest(WORK)).isEqualTo("64/2");
    assertThat(read.lines()).containsExactly(WORK + " = 64/2", "sum rows 1 100 1 = own");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).as("nothing but the file").hasSize(1);
    }
  }

  @Test
  void whereThereIsNoFileThereAreNoWinners() {
    assertThat(file(DEVICE).read().size()).isZero();
  }

  @Test
  void anotherDriverIsNotToldOfThem() throws IOException {
    Path path = written().path();
    TuningFile newer = file(device("Paper GPU", "2", 1));
    assertThat(newer.path()).isEqualTo(path);
    assertThat(newer.read().size()).isZero();
  }

  @Test
  void anotherDeviceIsNotToldOfThem() throws IOException {
    Path path = written().path();
    assertThat(file(device("Cardboard GPU", "1", 1)).read().size()).isZero();
    TuningFile larger = file(device("Paper GPU", "1", 2));
    assertThat(larger.read().size()).isZero();
    Files.copy(path, larger.path());
    assertThat(larger.read().size()).as("under its own file's name").isZero();
  }

  @Test
  void otherKernelsAreNotToldOfThem() throws IOException {
    TuningFile file = written();
    String text = Files.readString(file.path());
    String digest = ProgramCatalog.shipped().digest();
    assertThat(text).contains("kernels " + digest);
    Files.writeString(file.path(), text.replace(digest, digest.replace('a', 'b')));
    assertThat(file.read().size()).isZero();
  }

  @Test
  void aTornFileCountsAsNone() throws IOException {
    TuningFile file = written();
    byte[] whole = Files.readAllBytes(file.path());
    // without its last line's end it is whole still
    for (int length = whole.length - 2; length >= 0; length -= 11) {
      Files.write(file.path(), Arrays.copyOf(whole, length));
      Winners read = file.read();
      assertThat(read.size()).as("cut to %d bytes", length).isZero();
    }
  }

  @Test
  void aDamagedFileCountsAsNone() throws IOException {
    TuningFile file = written();
    String text = Files.readString(file.path());
    for (String damaged :
        List.of(
            text.replace("64/2", "66/2"),
            text.replace("gemm", "gem"),
            text.replace(" = ", " "),
            text.replace("512", "many"),
            text.replace("end", "fin"),
            text + "gemm nn 1 1 1 1 = 64\n")) {
      Files.writeString(file.path(), damaged);
      assertThat(file.read().size()).as(damaged).isZero();
    }
    Files.write(file.path(), text.getBytes(StandardCharsets.UTF_16));
    assertThat(file.read().size()).isZero();
  }

  @Test
  void aFolderInItsPlaceIsNoError() throws IOException {
    Files.createDirectories(file(DEVICE).path().resolve("below"));
    assertThat(file(DEVICE).read().size()).isZero();
  }

  @Test
  void theCacheSwitchedOffKeepsNothing() {
    String before = System.setProperty("kiln.cache", "off");
    try {
      assertThat(TuningFile.of(DEVICE, DeviceClass.of(DEVICE, false))).isNull();
    } finally {
      if (before == null) {
        System.clearProperty("kiln.cache");
      } else {
        System.setProperty("kiln.cache", before);
      }
    }
  }

  @Test
  void aFolderThatIsNoneIsNamedWithTheWayOut() throws IOException {
    Path none = Files.createFile(folder.resolve("file")).resolve("tuning");

    TuningFile file = TuningFile.in(none, DEVICE, DeviceClass.of(DEVICE, false));
    assertThatThrownBy(() -> file.write(new Winners()))
        .hasMessageStartingWith("what tuning finds cannot be kept in " + none + ": ")
        .hasMessageContaining("-Dkiln.cache=DIR");
  }
}
