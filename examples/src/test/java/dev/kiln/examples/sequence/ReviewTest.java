package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReviewTest {
  private static final Set<String> GOOD =
      Set.of("good", "great", "moving", "funny", "clever", "warm", "fresh", "brilliant");
  private static final Set<String> TURNING = Set.of("not", "never", "hardly", "nobody");

  @Test
  void aSentenceOfOneStatementPraisesByItsWordAndWhatTurnsIt() {
    int seen = 0;
    for (Review review : Review.draw(new Dice(3), 1000)) {
      List<String> words = review.words();
      if (words.stream().filter("the"::equals).count() == 1) {
        boolean good = GOOD.contains(words.get(words.size() - 1));
        long turns = words.stream().filter(TURNING::contains).count();
        assertThat(review.praise()).as("%s", words).isEqualTo(good == (turns % 2 == 0));
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(100);
  }

  @Test
  void afterButOnlyTheSecondStatementCounts() {
    Set<Boolean> agreement = new HashSet<>();
    for (Review review : Review.draw(new Dice(4), 1000)) {
      List<String> words = review.words();
      int but = words.indexOf("but");
      if (but >= 0) {
        assertThat(praises(words.subList(but + 1, words.size()))).isEqualTo(review.praise());
        agreement.add(praises(words.subList(0, but)) == review.praise());
      }
    }
    assertThat(agreement).containsExactlyInAnyOrder(true, false);
  }

  private static boolean praises(List<String> statement) {
    boolean good = GOOD.contains(statement.get(statement.size() - 1));
    return good == statement.stream().noneMatch(TURNING::contains);
  }

  @Test
  void bothKindsAndManyLengthsAreDrawnAndNoneTwice() {
    List<Review> drawn = Review.draw(new Dice(5), 1000);

    assertThat(drawn).doesNotHaveDuplicates();
    assertThat(drawn.stream().filter(Review::praise).count()).isBetween(400L, 600L);
    assertThat(drawn.stream().map(review -> review.words().size()).distinct().count())
        .isGreaterThan(8);
    drawn.forEach(review -> Review.WORDS.encode(review.words()));
  }
}
