package dev.kiln.examples.sequence;

import java.util.ArrayList;
import java.util.List;

/** A number in two languages: {@code 3 0 7} and {@code three hundred and seven}. */
record Numeral(int number) {
  /** The first number that has no words here. */
  static final int END = 10_000;

  private static final List<String> BELOW_TWENTY =
      List.of(
          "zero",
          "one",
          "two",
          "three",
          "four",
          "five",
          "six",
          "seven",
          "eight",
          "nine",
          "ten",
          "eleven",
          "twelve",
          "thirteen",
          "fourteen",
          "fifteen",
          "sixteen",
          "seventeen",
          "eighteen",
          "nineteen");
  private static final List<String> TENS =
      List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");

  static final Vocabulary DIGITS = Vocabulary.ofCharacters("0123456789");

  /** With which a translation begins. */
  static final String BEGIN = "<bos>";

  /** With which it ends. */
  static final String END_OF_SENTENCE = "<eos>";

  static final Vocabulary WORDS = Vocabulary.of(all());

  private static List<String> all() {
    List<String> all = new ArrayList<>(List.of(BEGIN, END_OF_SENTENCE));
    all.addAll(BELOW_TWENTY);
    all.addAll(TENS);
    all.addAll(List.of("hundred", "thousand", "and"));
    return all;
  }

  /** Its digits, as numbered in {@link #DIGITS}. */
  int[] digits() {
    return DIGITS.encodeCharacters(Integer.toString(number));
  }

  /** Its words: what a translation says before {@code <eos>}. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    int rest = number;
    if (rest >= 1000) {
      words.addAll(List.of(BELOW_TWENTY.get(rest / 1000), "thousand"));
      rest %= 1000;
    }
    if (rest >= 100) {
      words.addAll(List.of(BELOW_TWENTY.get(rest / 100), "hundred"));
      rest %= 100;
    }
    if (rest > 0 && number > rest) {
      words.add("and");
    }
    if (rest >= 20) {
      words.add(TENS.get(rest / 10 - 2));
      rest %= 10;
      if (rest > 0) {
        words.add(BELOW_TWENTY.get(rest));
      }
    } else if (rest > 0 || number == 0) {
      words.add(BELOW_TWENTY.get(rest));
    }
    return words;
  }
}
