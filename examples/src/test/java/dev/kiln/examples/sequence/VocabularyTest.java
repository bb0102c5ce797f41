package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  @Test
  void charactersAreNumberedInTheOrderInWhichTheyAppear() {
    Vocabulary vocabulary = Vocabulary.ofCharacters("hihello");

    assertThat(vocabulary.symbols()).containsExactly("h", "i", "e", "l", "o");
    assertThat(vocabulary.encodeCharacters("hello")).containsExactly(0, 2, 3, 3, 4);
    assertThat(vocabulary.decodeCharacters(new int[] {1, 0})).isEqualTo("ih");
  }

  @Test
  void aCharacterOfTwoSurrogatesIsOne() {
    Vocabulary vocabulary = Vocabulary.ofCharacters("a\uD83D\uDC0Ba");

    assertThat(vocabulary.size()).isEqualTo(2);
    assertThat(vocabulary.encodeCharacters("\uD83D\uDC0B")).containsExactly(1);
  }

  @Test
  void wordsAreJoinedByWhatIsAskedFor() {
    Vocabulary vocabulary = Vocabulary.of(List.of("one", "two", "one"));

    assertThat(vocabulary.size()).isEqualTo(2);
    assertThat(vocabulary.decode(new int[] {9, 1, 0, 9}, 1, 3, " ")).isEqualTo("two one");
    assertThat(vocabulary.decode(new int[0], 0, 0, " ")).isEmpty();
  }

  @Test
  void aSymbolThatItDoesNotHaveIsNamed() {
    assertThatThrownBy(() -> Vocabulary.ofCharacters("abc").encodeCharacters("abz"))
        .hasMessage("'z' is not in the vocabulary of 3 symbols");
  }
}
