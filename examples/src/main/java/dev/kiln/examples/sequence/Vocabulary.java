package dev.kiln.examples.sequence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The symbols of a text or a task, numbered from 0 in the order in which they first appear. */
final class Vocabulary {
  private final List<String> symbols = new ArrayList<>();
  private final Map<String, Integer> ids = new LinkedHashMap<>();

  private Vocabulary() {}

  /** The characters of a text; what Java writes as two surrogates is one of them. */
  static Vocabulary ofCharacters(String text) {
    return of(characters(text));
  }

  /** Symbols as they are, each once. */
  static Vocabulary of(Collection<String> symbols) {
    Vocabulary vocabulary = new Vocabulary();
    for (String symbol : symbols) {
      if (vocabulary.ids.putIfAbsent(symbol, vocabulary.symbols.size()) == null) {
        vocabulary.symbols.add(symbol);
      }
    }
    return vocabulary;
  }

  /** A text as a list of its characters. */
  static List<String> characters(String text) {
    return text.codePoints().mapToObj(Character::toString).toList();
  }

  int size() {
    return symbols.size();
  }

  /** Its symbols by number. */
  List<String> symbols() {
    return List.copyOf(symbols);
  }

  String symbol(int id) {
    return symbols.get(id);
  }

  /**
   * The number of a symbol.
   *
   * @throws IllegalArgumentException if it has none
   */
  int id(String symbol) {
    Integer id = ids.get(symbol);
    if (id == null) {
      throw new IllegalArgumentException(
          "'" + symbol + "' is not in the vocabulary of " + size() + " symbols");
    }
    return id;
  }

  /**
   * The numbers of symbols.
   *
   * @throws IllegalArgumentException if one has none
   */
  int[] encode(List<String> sequence) {
    return sequence.stream().mapToInt(this::id).toArray();
  }

  /** Likewise of a text's characters. */
  int[] encodeCharacters(String text) {
    return text.codePoints().map(point -> id(Character.toString(point))).toArray();
  }

  /** The symbols of some of {@code sequence}, joined. */
  String decode(int[] sequence, int from, int to, String between) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : between).append(symbol(sequence[i]));
    }
    return text.toString();
  }

  /** The characters that {@code sequence} numbers. */
  String decodeCharacters(int[] sequence) {
    return decode(sequence, 0, sequence.length, "");
  }
}
