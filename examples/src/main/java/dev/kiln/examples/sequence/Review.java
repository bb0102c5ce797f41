package dev.kiln.examples.sequence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sentence about a film, and whether it praises it. Counting good and bad words does not tell:
 * {@code not} turns a word around, and after {@code but} nothing counts that came before.
 */
record Review(List<String> words, boolean praise) {
  /** There are far more than so many: drawing them does not take long. */
  static final int ENOUGH = 1_000_000;

  private static final List<String> SUBJECTS =
      List.of("film", "story", "cast", "music", "ending", "plot", "camera", "dialogue");
  private static final List<String> VERBS = List.of("is", "was", "seems", "looks");
  private static final List<String> EMPHASIS = List.of("very", "really", "rather", "so");
  private static final List<String> NEGATIONS = List.of("not", "never", "hardly");
  private static final List<String> GOOD =
      List.of("good", "great", "moving", "funny", "clever", "warm", "fresh", "brilliant");
  private static final List<String> BAD =
      List.of("bad", "dull", "boring", "weak", "silly", "cold", "stale", "awful");
  private static final List<String> GLUE =
      List.of("the", "but", "and", "although", "i", "think", "nobody", "says", "that");

  static final Vocabulary WORDS = Vocabulary.of(all());

  private static List<String> all() {
    List<String> all = new ArrayList<>(GLUE);
    List.of(SUBJECTS, VERBS, EMPHASIS, NEGATIONS, GOOD, BAD).forEach(all::addAll);
    return all;
  }

  /** So many, no two with the same words. */
  static List<Review> draw(Dice dice, int count) {
    Map<List<String>, Review> drawn = new LinkedHashMap<>();
    while (drawn.size() < count) {
      Review review = draw(dice);
      drawn.putIfAbsent(review.words, review);
    }
    return List.copyOf(drawn.values());
  }

  private static Review draw(Dice dice) {
    boolean praise = dice.happens(0.5);
    List<String> words = new ArrayList<>();
    switch (dice.below(5)) {
      case 0 -> statement(dice, praise, words);
      case 1 -> {
        statement(dice, dice.happens(0.5), words);
        words.add("but");
        statement(dice, praise, words);
      }
      case 2 -> {
        words.add("although");
        statement(dice, dice.happens(0.5), words);
        statement(dice, praise, words);
      }
      case 3 -> {
        statement(dice, praise, words);
        words.add("and");
        statement(dice, praise, words);
      }
      default -> {
        words.addAll(dice.pick(List.of(List.of("i", "think"), List.of("nobody", "says", "that"))));
        statement(dice, praise == words.contains("think"), words);
      }
    }
    return new Review(List.copyOf(words), praise);
  }

  /** {@code the story is not very good}. */
  private static void statement(Dice dice, boolean praise, List<String> words) {
    words.addAll(List.of("the", dice.pick(SUBJECTS), dice.pick(VERBS)));
    boolean negated = dice.happens(0.4);
    if (negated) {
      words.add(dice.pick(NEGATIONS));
    }
    if (dice.happens(0.4)) {
      words.add(dice.pick(EMPHASIS));
    }
    words.add(dice.pick(praise == negated ? BAD : GOOD));
  }
}
