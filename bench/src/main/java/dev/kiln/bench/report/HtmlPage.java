package dev.kiln.bench.report;

import java.io.IOException;
import java.util.List;

/** The tables and their charts as one page that needs no other file. */
final class HtmlPage {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Kiln's benchmarks</title>
      <style>
      body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 1100px; margin: 2em auto;
             padding: 0 1em; }
      table { border-collapse: collapse; font-size: 14px; margin: 1em 0; display: block;
              overflow-x: auto; }
      th, td { padding: .3em .8em; border-bottom: 1px solid #ddd; text-align: right;
               white-space: nowrap; }
      th:first-child, td:first-child { text-align: left; }
      svg { max-width: 100%; height: auto; }
      </style>
      </head>
      <body>
      <h1>Kiln's benchmarks</h1>
      """;

  private HtmlPage() {}

  static String of(Results results) throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("<p>").append(escaped(String.join(" ", Notes.reading(results)))).append("</p>\n");
    append(page, Notes.engines(results));
    for (String family : results.families()) {
      Table table = Table.of(results, family);
      page.append("<h2>").append(escaped(family)).append("</h2>\n");
      page.append(SpeedChart.svg(results, family)).append('\n');
      page.append("<table>\n");
      append(page, "th", table.columns());
      table.rows().forEach(row -> append(page, "td", row));
      page.append("</table>\n");
    }
    List<String> failures = Notes.failures(results);
    if (!failures.isEmpty()) {
      page.append("<h2>Not timed</h2>\n");
      append(page, failures);
    }
    return page.append("</body>\n</html>\n").toString();
  }

  private static void append(StringBuilder page, List<String> points) {
    if (!points.isEmpty()) {
      page.append("<ul>\n");
      points.forEach(point -> page.append("<li>").append(escaped(point)).append("</li>\n"));
      page.append("</ul>\n");
    }
  }

  private static void append(StringBuilder page, String element, List<String> cells) {
    page.append("<tr>");
    for (String cell : cells) {
      page.append('<').append(element).append('>').append(escaped(cell));
      page.append("</").append(element).append('>');
    }
    page.append("</tr>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
