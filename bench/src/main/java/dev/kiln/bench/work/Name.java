package dev.kiln.bench.work;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A name taken apart by a pattern with named groups. */
final class Name {
  private final Matcher matcher;

  private Name(Matcher matcher) {
    this.matcher = matcher;
  }

  /**
   * @param format a regular expression in which {@code <n>} stands for a number, called n
   * @return nothing if the name is another's
   */
  static Optional<Name> read(String name, String format) {
    String numbers = format.replaceAll("<(\\w)>", "(?<$1>[0-9]{1,9})");
    Matcher matcher = Pattern.compile(numbers).matcher(name);
    return matcher.matches() ? Optional.of(new Name(matcher)) : Optional.empty();
  }

  String text(String group) {
    return matcher.group(group);
  }

  boolean has(String group) {
    return matcher.group(group) != null;
  }

  /** From 0 on. */
  int number(String group) {
    return Integer.parseInt(matcher.group(group));
  }

  int number(String group, int unlessThere) {
    return has(group) ? number(group) : unlessThere;
  }

  /**
   * @throws IllegalArgumentException for 0
   */
  static void checkPositive(String name, int... numbers) {
    for (int number : numbers) {
      if (number < 1) {
        throw new IllegalArgumentException(name + ": its sizes are from 1 on");
      }
    }
  }
}
