package dev.kiln.examples.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamsTest {
  private static final int[] COUNTING = IntStream.range(0, 24).toArray();

  @Test
  void eachStreamGoesOnInTheNextWindowWhereItStopped() {
    Streams streams = new Streams(COUNTING, 2, 4);

    assertThat(streams.length()).isEqualTo(11);
    assertThat(streams.windows()).isEqualTo(3);
    assertThat(streams.get(0).input()).containsExactly(0, 1, 2, 3, 11, 12, 13, 14);
    assertThat(streams.get(1).input()).containsExactly(4, 5, 6, 7, 15, 16, 17, 18);
  }

  @Test
  void theTargetIsWhatComesNext() {
    Streams.Window window = new Streams(COUNTING, 3, 5).get(1);

    for (int i = 0; i < window.input().length; i++) {
      assertThat(window.target()[i]).isEqualTo(window.input()[i] + 1);
    }
  }

  @Test
  void theLastWindowHasWhatIsLeft() {
    Streams.Window last = new Streams(COUNTING, 2, 4).get(2);

    assertThat(last.steps()).isEqualTo(3);
    assertThat(last.input()).containsExactly(8, 9, 10, 19, 20, 21);
  }

  @Test
  void aWindowMayBeLongerThanAnyStream() {
    Streams streams = new Streams(COUNTING, 2, Integer.MAX_VALUE);

    assertThat(streams.windows()).isEqualTo(1);
    assertThat(streams.get(0).steps()).isEqualTo(streams.length());
  }

  @Test
  void oneStreamReadsAllButTheLastWhichIsOnlyATarget() {
    Streams streams = new Streams(COUNTING, 1, 100);

    assertThat(streams.windows()).isOne();
    assertThat(streams.get(0).steps()).isEqualTo(23);
    assertThat(streams.get(0).target()).endsWith(22, 23);
  }

  @Test
  void aSequenceTooShortForItsStreamsIsRefused() {
    assertThatThrownBy(() -> new Streams(COUNTING, 24, 4))
        .hasMessage("streams: 24 characters are too few for 24 streams");
  }
}
