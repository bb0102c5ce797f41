package dev.kiln.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The known answers that Random123, the authors' library, is tested with. */
  @Test
  void givesTheAnswersOfItsAuthors() {
    assertThat(encrypt(0, 0, 0, 0, 0, 0)).isEqualTo("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
    assertThat(encrypt(-1, -1, -1, -1, -1, -1)).isEqualTo("408f276d 41c83b0e a20bc7c6 6d5451fd");
    assertThat(encrypt(0xa4093822, 0x299f31d0, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344))
        .isEqualTo("d16cfe09 94fdcceb 5001e420 24126ea1");
  }

  @Test
  void putsSeedIntoTheKeyAndBlockAndStreamIntoTheCounter() {
    int[] lanes = new int[4];
    Philox.block(0x299f31d0_a4093822L, 0x03707344_13198a2eL, 0x243f6a88, lanes);
    int[] counter = {0x243f6a88, 0, 0x13198a2e, 0x03707344};
    Philox.encrypt(0xa4093822, 0x299f31d0, counter);
    assertThat(lanes).isEqualTo(counter);
  }

  @Test
  void uniformNumbersStayBelowOne() {
    assertThat(Philox.uniform(0)).isZero();
    assertThat(Philox.uniform(-1)).isLessThan(1).isGreaterThan(0.9999999f);
    assertThat(Philox.uniform(1 << 31)).isEqualTo(0.5f);
  }

  private static String encrypt(int key0, int key1, int... counter) {
    Philox.encrypt(key0, key1, counter);
    return String.format("%08x %08x %08x %08x", counter[0], counter[1], counter[2], counter[3]);
  }
}
