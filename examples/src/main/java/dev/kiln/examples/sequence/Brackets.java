package dev.kiln.examples.sequence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Strings of brackets and letters, and for each character what is to be said of it: {@code +} for a
 * bracket that has its partner, {@code !} for one that has none, {@code .} for a letter. An opening
 * bracket's partner comes after it, a closing one's before: a net has to read both ways.
 *
 * @param text such as {@code (a))b(}
 * @param tags such as {@code +.+!.!}
 */
record Brackets(String text, String tags) {
  static final Vocabulary CHARACTERS = Vocabulary.ofCharacters("()abc");
  static final Vocabulary TAGS = Vocabulary.ofCharacters(".+!");

  /** There are far more than so many: drawing them does not take long. */
  static final int ENOUGH = 1_000_000;

  private static final int SHORTEST = 4;
  private static final int LONGEST = 24;

  /** With the right tags. */
  static Brackets tagged(String text) {
    StringBuilder tags = new StringBuilder();
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(') {
        open.push(i);
        tags.append('!');
      } else if (c == ')' && !open.isEmpty()) {
        tags.setCharAt(open.pop(), '+');
        tags.append('+');
      } else {
        tags.append(c == ')' ? '!' : '.');
      }
    }
    return new Brackets(text, tags.toString());
  }

  /** So many, no two the same. */
  static List<Brackets> draw(Dice dice, int count) {
    Set<String> texts = new LinkedHashSet<>();
    while (texts.size() < count) {
      int length = dice.between(SHORTEST, LONGEST);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < length; i++) {
        text.append(dice.happens(0.3) ? "abc".charAt(dice.below(3)) : "()".charAt(dice.below(2)));
      }
      texts.add(text.toString());
    }
    List<Brackets> drawn = new ArrayList<>();
    texts.forEach(text -> drawn.add(tagged(text)));
    return drawn;
  }
}
