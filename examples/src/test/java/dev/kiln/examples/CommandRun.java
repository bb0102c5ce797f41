package dev.kiln.examples;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command line did: its exit status and what it printed. */
public record CommandRun(int status, String out, String err) {
  public static CommandRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Kiln.run(new PrintWriter(out), new PrintWriter(err), arguments);
    return new CommandRun(status, plain(out), plain(err));
  }

  private static String plain(StringWriter text) {
    return text.toString().replace(System.lineSeparator(), "\n");
  }
}
