package dev.kiln.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.gpu.Requirement;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The machine code of the inner loops. ptxas is nvcc's; nvdisasm, which NVDISASM names or the path
 * holds, comes with the CUDA toolkit or Debian's nvidia-cuda-toolkit, whose 12.4 reads sm_90.
 */
class SassTest {
  private static final Path PTX = Path.of("src/main/resources/dev/kiln/gpu/ptx");
  private static final Pattern LABEL = Pattern.compile("(\\.L_\\S+):");
  private static final Pattern INSTRUCTION =
      Pattern.compile("\\s+/\\*[0-9a-f]{4,}\\*/\\s+(?:@!?U?P\\w+ )?\\s*(.*?)\\s*;.*");
  private static final Pattern JUMP = Pattern.compile("BRA.*`\\((\\.L_\\S+)\\)");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gemm_128_nn", "gemm_128_nt", "gemm_128_tn", "gemm_128_tt"})
  void theLargeTilesMultiplyInNineOfTenInstructions(String program)
      throws IOException, InterruptedException {
    List<String> loop = busiestLoop(program);
    assertThat(share(loop, "FFMA")).as("%s: FFMA in the loop", program).isGreaterThan(0.92);
    assertThatGlobalLoadsAreWide(loop);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemm_64_nn", "gemm_64_nt", "gemm_64_tn", "gemm_64_tt"})
  void theSmallTilesMultiplyInFiveOfSix(String program) throws IOException, InterruptedException {
    List<String> loop = busiestLoop(program);
    assertThat(share(loop, "FFMA")).as("%s: FFMA in the loop", program).isGreaterThan(5.0 / 6);
    assertThatGlobalLoadsAreWide(loop);
  }

  private static double share(List<String> loop, String operation) {
    return (double) count(loop, operation) / loop.size();
  }

  private static long count(List<String> loop, String operation) {
    return loop.stream().filter(line -> line.startsWith(operation)).count();
  }

  private static void assertThatGlobalLoadsAreWide(List<String> loop) {
    assertThat(loop.stream().filter(line -> line.startsWith("LDG")))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("LDG.E.128"));
  }

  /** The instructions of the loop that has the most FFMA, without their predicates. */
  private List<String> busiestLoop(String program) throws IOException, InterruptedException {
    List<String> code = new ArrayList<>();
    Map<String, Integer> labels = new HashMap<>();
    List<Integer> starts = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (String line : disassembly(program).lines().toList()) {
      Matcher label = LABEL.matcher(line);
      Matcher instruction = INSTRUCTION.matcher(line);
      if (label.matches()) {
        labels.put(label.group(1), code.size());
      } else if (instruction.matches()) {
        code.add(instruction.group(1));
        Matcher jump = JUMP.matcher(instruction.group(1));
        if (jump.find() && labels.containsKey(jump.group(1))) { // a jump back
          starts.add(labels.get(jump.group(1)));
          ends.add(code.size());
        }
      }
    }
    return IntStream.range(0, starts.size())
        .mapToObj(i -> code.subList(starts.get(i), ends.get(i)))
        .max(Comparator.comparingLong(loop -> count(loop, "FFMA")))
        .orElseThrow();
  }

  private String disassembly(String program) throws IOException, InterruptedException {
    Path cubin = folder.resolve(program + ".cubin");
    run(tool("ptxas"), "-arch=sm_90", PTX.resolve(program + ".ptx").toString(), "-o", "" + cubin);
    return run(tool("nvdisasm"), "-c", cubin.toString());
  }

  private static String tool(String name) {
    String named = System.getenv(name.toUpperCase(Locale.ROOT));
    if (named != null) {
      return named;
    }
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElseThrow(() -> Requirement.missing("sass", "no " + name + " on the path"));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
