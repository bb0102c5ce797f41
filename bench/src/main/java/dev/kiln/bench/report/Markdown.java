package dev.kiln.bench.report;

import java.util.List;
import java.util.StringJoiner;

/** The tables as text that GitHub shows. */
final class Markdown {
  private Markdown() {}

  static String of(Results results) {
    StringBuilder text = new StringBuilder();
    for (String family : results.families()) {
      Table table = Table.of(results, family);
      text.append("### ").append(table.title()).append("\n\n");
      append(text, table.columns());
      append(text, rule(table.columns().size()));
      table.rows().forEach(row -> append(text, row));
      text.append('\n');
    }
    text.append(String.join(" ", Notes.reading(results))).append("\n\n");
    Notes.engines(results).forEach(line -> text.append("- ").append(code(line)).append('\n'));
    Notes.failures(results).forEach(line -> text.append("- ").append(code(line)).append('\n'));
    return text.toString().strip() + "\n";
  }

  private static List<String> rule(int columns) {
    return java.util.stream.IntStream.range(0, columns)
        .mapToObj(column -> column == 0 ? "---" : "--:")
        .toList();
  }

  private static void append(StringBuilder text, List<String> cells) {
    StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
    cells.forEach(cell -> line.add(cell.replace("|", "\\|")));
    text.append(line);
  }

  /** The name that a line begins with stands out. */
  private static String code(String line) {
    int colon = line.indexOf(": ");
    return "`" + line.substring(0, colon) + "`" + line.substring(colon);
  }
}
