package dev.kiln.io;

import java.io.IOException;

/**
 * A file that is not what it should be: cut off, corrupt, or of a kind that is not read. The
 * message begins with the file's name, then says what was found and what was expected.
 */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1;

  public FormatException(String file, String problem) {
    super(file + ": " + problem);
  }

  public FormatException(String file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
