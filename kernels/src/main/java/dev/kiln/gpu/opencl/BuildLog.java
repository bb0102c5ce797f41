package dev.kiln.gpu.opencl;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the line of a kernel text that an OpenCL compiler's first error points at. */
final class BuildLog {
  private static final Pattern LINE_MARKER = Pattern.compile("#line (\\d+) \"([^\"]+)\"");

  /** {@code gemm.cl:12:5: error: …} as clang says it, or {@code error: gemm.cl:12:5: …} as PoCL. */
  private static final Pattern ERROR =
      Pattern.compile(
          "(?m)^\\s*(?:(?:fatal )?error: (?:(?<a>\\S*?):)?(?<m>\\d+):\\d+:"
              + "|(?:(?<b>\\S*?):)?(?<n>\\d+):\\d+:\\s*(?:fatal )?error)");

  private BuildLog() {}

  /**
   * @param source what was compiled, with its #line markers
   * @return such as {@code gemm.cl:12: float acc = x[i}; null where the log names no line of it
   */
  static @Nullable String culprit(String source, String log) {
    Matcher error = ERROR.matcher(log);
    while (error.find()) {
      boolean first = error.group("m") != null;
      String path = error.group(first ? "a" : "b");
      String file = path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
      int line = Integer.parseInt(error.group(first ? "m" : "n"));
      String text = find(source, file, line);
      if (text != null) {
        return file + ":" + line + ": " + text.strip();
      }
    }
    return null;
  }

  private static @Nullable String find(String source, String file, int line) {
    String currentFile = "";
    int current = 1;
    List<String> lines = source.lines().toList();
    for (String text : lines) {
      Matcher marker = LINE_MARKER.matcher(text);
      if (marker.matches()) {
        current = Integer.parseInt(marker.group(1));
        currentFile = marker.group(2);
        continue;
      }
      if (current == line && currentFile.endsWith(file)) {
        return text;
      }
      current++;
    }
    return null;
  }
}
