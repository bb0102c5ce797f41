package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumeralTest {
  @ParameterizedTest
  @CsvSource({
    "0, zero",
    "7, seven",
    "10, ten",
    "13, thirteen",
    "40, forty",
    "99, ninety nine",
    "100, one hundred",
    "307, three hundred and seven",
    "512, five hundred and twelve",
    "1000, one thousand",
    "2005, two thousand and five",
    "6840, six thousand eight hundred and forty",
    "9999, nine thousand nine hundred and ninety nine"
  })
  void aNumberHasItsWords(int number, String words) {
    assertThat(String.join(" ", new Numeral(number).words())).isEqualTo(words);
  }

  @Test
  void noTwoNumbersHaveTheSameWordsAndEveryWordIsInTheVocabulary() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < Numeral.END; i++) {
      Numeral numeral = new Numeral(i);
      assertThat(seen.add(String.join(" ", numeral.words()))).isTrue();
      Numeral.WORDS.encode(numeral.words());
    }
  }

  @Test
  void aNumberHasItsDigits() {
    assertThat(new Numeral(307).digits()).containsExactly(3, 0, 7);
  }
}
