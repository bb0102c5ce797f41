package dev.kiln.io;

import dev.kiln.Shape;
import dev.kiln.ShapeException;
import java.util.Arrays;

/** A place in the text of a file's header, for the two small grammars that are read here. */
final class Cursor {
  private final String file;
  private final String text;
  private int position;

  Cursor(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /** What is wrong here, with the offset and a few characters of the text. */
  FormatException wrong(String problem) {
    String rest = text.substring(position, Math.min(text.length(), position + 20));
    return new FormatException(
        file,
        "the header is malformed at character "
            + position
            + ": "
            + problem
            + (rest.isEmpty() ? ", found its end" : ", found \"" + printable(rest) + "\""));
  }

  private static String printable(String text) {
    StringBuilder clean = new StringBuilder();
    text.chars().forEach(c -> clean.append(c < ' ' || c > '~' ? '?' : (char) c));
    return clean.toString();
  }

  boolean atEnd() {
    return position == text.length();
  }

  void skipSpaces() {
    while (!atEnd() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  /** Takes {@code wanted} after spaces, if it is there. */
  boolean take(String wanted) {
    skipSpaces();
    boolean there = text.startsWith(wanted, position);
    if (there) {
      position += wanted.length();
    }
    return there;
  }

  void expect(String wanted) throws FormatException {
    if (!take(wanted)) {
      throw wrong("expected " + wanted);
    }
  }

  /** The next character, spaces included. */
  char next() throws FormatException {
    if (atEnd()) {
      throw wrong("expected more");
    }
    return text.charAt(position++);
  }

  /** A whole number that is not negative, after spaces. */
  long number() throws FormatException {
    skipSpaces();
    int start = position;
    while (!atEnd() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
      position++;
    }
    String digits = text.substring(start, position);
    if (digits.isEmpty() || digits.length() > 1 && digits.charAt(0) == '0') {
      position = start;
      throw wrong("expected a whole number");
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      position = start;
      throw wrong("expected a number that fits 64 bits");
    }
  }

  /** Extents up to {@code close}, separated by commas, perhaps with one after the last. */
  Shape extents(String close, boolean trailingComma) throws FormatException {
    int[] extents = new int[Shape.MAX_RANK];
    int rank = 0;
    while (!take(close)) {
      if (rank > 0) {
        expect(",");
        if (trailingComma && take(close)) {
          break;
        }
      }
      long extent = number();
      if (rank == extents.length) {
        throw wrong("a shape has at most " + Shape.MAX_RANK + " dimensions");
      }
      if (extent > Integer.MAX_VALUE) {
        throw wrong("a dimension of " + extent + " is beyond 2^31 - 1");
      }
      extents[rank++] = (int) extent;
      if (rank == 1 && trailingComma && !text.startsWith(",", position)) {
        throw wrong("expected , after the first extent");
      }
    }
    try {
      return Shape.of(Arrays.copyOf(extents, rank));
    } catch (ShapeException e) {
      throw new FormatException(file, String.valueOf(e.getMessage()), e);
    }
  }
}
