package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What README.md shows is Java that compiles, and every command that it names is there. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  /** The last cell of a table row, one code span. */
  private static final Pattern CELL = Pattern.compile("(?m)^\\|.*\\| `([^`]*[();][^`]*)` \\|$");

  /** A line of the list of commands in the help. */
  private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z]+)(?:,| |$)");

  private static final String AROUND =
      """
      import dev.kiln.*;
      import dev.kiln.autograd.*;
      import dev.kiln.data.*;
      import dev.kiln.io.*;
      import dev.kiln.nn.*;
      import dev.kiln.nn.Module;
      import dev.kiln.ops.Concat;
      import dev.kiln.ops.Reduction;
      import dev.kiln.optim.*;
      import java.nio.file.*;
      import java.util.*;

      class Readme {
        Device device; Path folder; Path file; long seed; int epochs; Module net;
        Tensor x, y, w, b, ids, target, lengths, h0, c0, loss;
        Optimizer optimizer;

        void shown() throws Exception {
          %s
        }
      }
      """;

  @TempDir private Path classes;

  @TestFactory
  Stream<DynamicTest> everyPieceOfJavaCompiles() throws Exception {
    String readme = readme();
    List<String> pieces = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(readme);
    while (blocks.find()) {
      pieces.add(blocks.group(1));
    }
    assertThat(pieces).as("blocks of Java in the README").isNotEmpty();
    int before = pieces.size();
    Matcher cells = CELL.matcher(readme);
    while (cells.find()) {
      String code = cells.group(1).replace("\\|", "|");
      pieces.add(code.endsWith(";") || code.endsWith("}") ? code : code + ";");
    }
    assertThat(pieces.size() - before)
        .as("rows of the table for PyTorch's users")
        .isGreaterThanOrEqualTo(30);
    return pieces.stream()
        .map(piece -> DynamicTest.dynamicTest(piece.strip(), () -> compile(piece)));
  }

  @Test
  void everyCommandIsNamed() throws Exception {
    String readme = readme();
    Matcher names = COMMAND.matcher(CommandRun.of().out());
    int found = 0;
    while (names.find()) {
      assertThat(readme)
          .as("the README's table of commands")
          .contains("| `./kiln " + names.group(1));
      found++;
    }
    assertThat(found).as("commands that the help names").isGreaterThan(10);
  }

  private static String readme() throws Exception {
    // Maven runs the tests in the module's folder
    return Files.readString(Path.of("..", "README.md"));
  }

  private void compile(String piece) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-d", classes.toString(), "-proc:none"),
                null,
                List.of(new Source(AROUND.formatted(piece))))
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Readme.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
