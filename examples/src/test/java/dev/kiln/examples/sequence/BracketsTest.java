package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BracketsTest {
  @ParameterizedTest
  @CsvSource({"(a))b(, +.+!.!", "((), !++", ")(, !!", "(()()), ++++++", "abc, ..."})
  void everyBracketIsTaggedByWhetherItHasAPartner(String text, String tags) {
    assertThat(Brackets.tagged(text).tags()).isEqualTo(tags);
  }

  @Test
  void theSameSeedDrawsTheSameStringsAndNoneTwice() {
    List<Brackets> drawn = Brackets.draw(new Dice(1), 500);

    assertThat(drawn).hasSize(500).doesNotHaveDuplicates();
    assertThat(Brackets.draw(new Dice(1), 500)).isEqualTo(drawn);
    assertThat(Brackets.draw(new Dice(2), 500)).isNotEqualTo(drawn);
    assertThat(drawn.stream().map(b -> b.text().length())).contains(4, 24);
  }
}
