package dev.kiln.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All other tests run on the class path; here somebody else's module uses Kiln's. */
final class ModulePathTest {
  private static final String MODULE =
      """
      module consumer {
        requires dev.kiln;
      }
      """;

  private static final String PROGRAM =
      """
      package consumer;

      import dev.kiln.Device;
      import dev.kiln.Tensor;

      public class Main {
        public static void main(String[] arguments) {
          Device.list().forEach(info -> System.out.println("device " + info.id()));
          Device.problems().forEach(problem -> System.out.println("problem " + problem));
          try (Device device = Device.open("cpu")) {
            Tensor sum = Tensor.of(device, new float[] {1, 2}, 2).add(Tensor.ones(device, 2));
            System.out.println("sum " + sum.toFloats()[1]);
          }
          System.out.println("module " + Device.class.getModule().getName());
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void aModuleThatRequiresDevKilnFindsEveryBackend() throws Exception {
    Files.writeString(folder.resolve("module-info.java"), MODULE);
    Files.writeString(folder.resolve("Main.java"), PROGRAM);
    Path classes = folder.resolve("classes");
    run(
        "javac",
        "--module-path",
        modulePath(),
        "-d",
        classes.toString(),
        folder.resolve("module-info.java").toString(),
        folder.resolve("Main.java").toString());

    String output =
        run(
            "java",
            "--module-path",
            classes + File.pathSeparator + modulePath(),
            "--add-modules=jdk.incubator.vector",
            "--module",
            "consumer/consumer.Main");

    assertThat(output)
        .contains("module dev.kiln\n", "sum 3.0\n", "device cpu\n")
        .containsPattern("(device|problem) opencl:")
        .containsPattern("(device|problem) cuda:");
  }

  /** What a user's module path would hold: the two modules and the two bindings. */
  private static String modulePath() {
    Pattern wanted =
        Pattern.compile(
            "(core|kernels)/target/classes$|/(jocl|jcuda)-.*\\.jar$|/kiln-(core|kernels)-[^/]*(?<!tests)\\.jar$");
    String path = System.getProperty("java.class.path");
    String other = System.getProperty("surefire.test.class.path", path);
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(other)
        .filter(entry -> wanted.matcher(entry.replace('\\', '/')).find())
        .filter(entry -> !entry.contains("windows"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private String run(String tool, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(List.of(arguments));
    Path output = folder.resolve(tool + ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("%s ended", tool).isTrue();
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
